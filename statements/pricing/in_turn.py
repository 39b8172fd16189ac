"""Months priced one after the other: each knows the peaks, sums and credit that those before left.

So a plan with a ratchet, a yearly minimum or kept credit is priced as if it had been had all the
time, whatever plan the bills on record are by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from statements.models import Carried
from statements.rating import beyond, carry
from statements.rating.carry import Row
from statements.rating.inputs import AgreementInput, BillInput, ChannelUse, Known
from statements.rating.price import rate_alike
from statements.rating.usage import Read
from tariffs import engine

LOT = Carried.Kind.LOT.value
CARRIED = [kind.value for kind in Carried.Kind]


def in_turn(
    bills: Sequence[BillInput], found: Mapping[ChannelUse, Read]
) -> Iterator[tuple[BillInput, engine.Rated]]:
    """Rate complete bills of one account, oldest first; before the first there was nothing.

    No lines are told and no trace is kept: whoever compares plans asks for totals.
    """
    left: list[Row] = []
    for bill in bills:
        known = _knowing(bill, left)
        rated = rate_alike([known], found)
        for carried in carry.rows([known], rated):
            left = [*_without_lots(left, carried), *carried]
        yield known, rated


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
