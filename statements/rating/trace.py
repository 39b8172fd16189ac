"""The trace of a statement: what it was computed from, as canonical JSON, compressed.

It names tariff versions by id and digest, channels by id with the revision of each day and the
SHA-256 of the values, so the inputs can be read again exactly as they were.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.money import Rounding
from core.periods import Period
from statements.rating.inputs import NO_EXTRA, AgreementInput, BillInput, Extra, Known
from statements.rating.usage import ChannelUse, Read
from tariffs.engine import ENGINE_VERSION, Tax
from tariffs.engine.pieces import TaxBand
from tariffs.engine.taxes import TaxKind

LEVEL = 1  # zlib: the fastest; a trace is a few hundred bytes


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def shared(bill: BillInput) -> str:
    """Return the part of the trace that bills of one shape have in common."""
    return canonical(
        {
            "engine": ENGINE_VERSION,
            "rounding": Rounding.HALF_UP,
            "currency": bill.currency,
            "zone": bill.zone_name,
            "cycle": _period(bill.cycle),
            "agreements": [_agreement(agreement) for agreement in bill.agreements],
        }
    )


def compose(bill: BillInput, found: Mapping[ChannelUse, Read], common: str) -> str:
    """Return the whole trace of one bill: what it shares, and its own agreements and reads."""
    own = ",".join([_own(agreement, found) for agreement in bill.agreements])
    return f'{{"account":{bill.account_id},"own":[{own}],"shared":{common}}}'


def _own(agreement: AgreementInput, found: Mapping[ChannelUse, Read]) -> str:
    """Return what `canonical` gives; numbers, base64 and hexadecimal need no escape."""
    channels = ",".join([_read(use.channel_id, found[use]) for use in agreement.channels])
    before, after = "", ""
    if agreement.extra.attributes:
        before = f'"attributes":{canonical(dict(agreement.extra.attributes))},'
    if agreement.extra.past:
        past = [(kind, code, day.isoformat(), n) for kind, code, day, n in agreement.extra.past]
        after = f',"past":{canonical(past)}'
    return f'{{{before}"channels":[{channels}],"id":{agreement.agreement_id}{after}}}'


def _read(channel_id: int, read: Read) -> str:
    revs = base64.b64encode(read.revs).decode()
    return f'{{"id":{channel_id},"revs":"{revs}","sha256":"{read.digest()}"}}'


def pack(text: str) -> bytes:
    return zlib.compress(text.encode(), LEVEL)


def unpack(data: bytes | memoryview) -> str:
    return zlib.decompress(bytes(data)).decode()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _period(period: Period) -> list[str]:
    return [period.starts_at.isoformat(), period.ends_at.isoformat()]


def _agreement(agreement: AgreementInput) -> dict[str, Any]:
    return {
        "commodity": agreement.commodity,
        "period": _period(agreement.period),
        "final": agreement.is_final,
        "priced": [
            {
                "version": time.version_id,
                "digest": time.tariff.digest,
                "period": _period(time.period),
                "taxes": [_tax(tax) for tax in time.taxes],
                **({"given": dict(time.given)} if time.given else {}),
            }
            for time in agreement.priced
        ],
        "channels": [
            {"source": use.source, "interval_s": use.interval_s, "period": _period(use.period)}
            for use in agreement.channels
        ],
        **({"conditions": agreement.extra.conditions} if agreement.extra.conditions else {}),
        **({"lent": agreement.extra.lent} if agreement.extra.lent else {}),
    }


def _tax(tax: Tax) -> dict[str, Any]:
    """Return a tax; what most taxes do not have is left out."""
    return {
        "code": tax.code,
        "name": tax.name,
        "rate": tax.rate,
        "class": tax.tax_class,
        "commodity": tax.commodity,
        **({"kind": tax.kind.value} if tax.kind is not TaxKind.PERCENT else {}),
        **({"on": tax.on_taxes} if tax.on_taxes else {}),
        **({"bands": [[b.upper_minor, b.percent] for b in tax.bands]} if tax.bands else {}),
        **({"amount": tax.amount} if tax.amount else {}),
        **({"reason": tax.reason} if tax.reason else {}),
        **({"above": tax.above_minor} if tax.above_minor is not None else {}),
    }


def tax_of(told: Mapping[str, Any]) -> Tax:
    """Return the tax that a trace tells."""
    return Tax(
        told["code"],
        told["name"],
        told["rate"],
        told["class"],
        told["commodity"],
        on_taxes=tuple(told.get("on", ())),
        kind=TaxKind(told.get("kind", TaxKind.PERCENT)),
        bands=tuple(TaxBand(upper, percent) for upper, percent in told.get("bands", ())),
        amount=told.get("amount", 0),
        reason=told.get("reason", ""),
        above_minor=told.get("above"),
    )


def extra_of(common: Mapping[str, Any], own: Mapping[str, Any]) -> Extra:
    """Return what a trace tells of an agreement beside readings and prices."""
    found = Extra(
        conditions=tuple(common.get("conditions", ())),
        attributes=tuple(own.get("attributes", {}).items()),
        lent=tuple((source, place) for source, place in common.get("lent", ())),
        past=tuple(
            Known(kind, code, date.fromisoformat(day), n)
            for kind, code, day, n in own.get("past", ())
        ),
    )
    return NO_EXTRA if found == NO_EXTRA else found
