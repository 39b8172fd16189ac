"""Whether a plan has a price for all that was used, or leaves some hours without one.

A fixed rate, or a fee in some hours only, bills the rest of the use at nothing. That is a lawful
price, but more often a plan that is not finished: nobody is told to take it because it is cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from statements.rating.inputs import AgreementInput, BillInput, ChannelUse
from statements.rating.usage import Read
from tariffs import engine
from tariffs.engine.shape import AnyCharge, DemandCharge, EnergyCharge

BOUGHT = "import"


def leaves_use_free(
    bill: BillInput, agreement: int, rated: engine.Rated, found: Mapping[ChannelUse, Read]
) -> bool:
    """Say whether an agreement used something on a bill that no price holds for all the time."""
    return any(
        _used(each, found) and str(place) not in _priced(rated)
        for place, each in enumerate(bill.agreements)
        if each.agreement_id == agreement
    )


def _used(agreement: AgreementInput, found: Mapping[ChannelUse, Read]) -> bool:
    bought = (found[use] for use in agreement.channels if use.source == BOUGHT)
    return any(bool(read.values.any()) for read in bought)


def _priced(rated: engine.Rated) -> set[str]:
    """Return the keys of the agreements with a price that holds, whatever the hour."""
    segments = ((rated.segments[c.segment], c.charge) for c in rated.columns if c.segment >= 0)
    return {segment.key for segment, code in segments if code in _unbroken(segment.tariff)}


@lru_cache(maxsize=1024)
def _unbroken(tariff: engine.Tariff) -> frozenset[str]:
    """Return the charges that price every hour of what they measure."""
    return frozenset(_codes(tariff.charges))


def _codes(charges: Iterable[AnyCharge]) -> Iterable[str]:
    for charge in charges:
        if isinstance(charge, EnergyCharge):
            is_bought = charge.kind == "energy" and not charge.is_attribute
            if is_bought and (charge.ladder or not charge.free_elsewhere):
                yield charge.code
        elif isinstance(charge, DemandCharge) and not charge.free_elsewhere:
            yield charge.code
