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
from typing import Any

from core.money import Rounding
from core.periods import Period
from statements.rating.inputs import AgreementInput, BillInput
from statements.rating.usage import ChannelUse, Read
from tariffs.engine import ENGINE_VERSION, Tax

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
    own = [
        {
            "id": agreement.agreement_id,
            "channels": [
                {
                    "id": use.channel_id,
                    "revs": base64.b64encode(found[use].revs).decode(),
                    "sha256": found[use].digest(),
                }
                for use in agreement.channels
            ],
        }
        for agreement in bill.agreements
    ]
    return f'{{"account":{bill.account_id},"own":{canonical(own)},"shared":{common}}}'


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
            }
            for time in agreement.priced
        ],
        "channels": [
            {"source": use.source, "interval_s": use.interval_s, "period": _period(use.period)}
            for use in agreement.channels
        ],
    }


def _tax(tax: Tax) -> dict[str, Any]:
    return {
        "code": tax.code,
        "name": tax.name,
        "rate": tax.rate,
        "class": tax.tax_class,
        "commodity": tax.commodity,
    }
