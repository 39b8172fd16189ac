"""Months priced one after the other: each knows the peaks, sums and credit that those before left.

So a plan with a ratchet, a yearly minimum or kept credit is priced as if it had been had all the
time, whatever plan the bills on record are by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from statements.models import Carried
from statements.rating import beyond
from statements.rating.carry import Row
from statements.rating.inputs import AgreementInput, BillInput, ChannelUse, Known
from statements.rating.price import Bill, price_alike
from statements.rating.usage import Read

LOT = Carried.Kind.LOT.value
CARRIED = [kind.value for kind in Carried.Kind]


def in_turn(bills: Sequence[BillInput], found: Mapping[ChannelUse, Read]) -> list[Bill]:
    """Price complete bills of one account, oldest first; before the first there was nothing."""
    priced: list[Bill] = []
    left: list[Row] = []
    for bill in bills:
        [done] = price_alike([_knowing(bill, left)], found)
        left = [*_without_lots(left, done.carried), *done.carried]
        priced.append(done)
    return priced


def _without_lots(left: Sequence[Row], newer: Sequence[Row]) -> list[Row]:
    """Return what earlier months left; of credit only what the newest one says counts."""
    told = {(row.agreement_id, row.charge) for row in newer if row.kind == LOT}
    return [row for row in left if row.kind != LOT or (row.agreement_id, row.charge) not in told]


def _knowing(bill: BillInput, left: Sequence[Row]) -> BillInput:
    agreements = tuple(_with_past(agreement, left) for agreement in bill.agreements)
    return replace(bill, agreements=agreements)


def _with_past(agreement: AgreementInput, left: Sequence[Row]) -> AgreementInput:
    if not beyond.needs_of_agreement(agreement).looks_back:
        return agreement
    on_record = [known for known in agreement.extra.past if known.kind not in CARRIED]
    own = [
        Known(row.kind, row.charge, row.day, row.value)
        for row in left
        if row.agreement_id == agreement.agreement_id and (row.value or row.kind != LOT)
    ]
    past = sorted([*on_record, *own], key=lambda known: (known.day, known.kind, known.code))
    return replace(agreement, extra=replace(agreement.extra, past=tuple(past)))
