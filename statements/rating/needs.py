"""What a tariff asks for beside the quantities of its own service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tariffs import engine
from tariffs.engine.conditions import Named, Term, UseBetween
from tariffs.engine.measures import DEMAND_UNITS, UNITS
from tariffs.engine.shape import (
    AnyCharge,
    DemandCharge,
    EnergyCharge,
    MinimumBasis,
    MinimumCharge,
    Settle,
)


@dataclass(frozen=True)
class Needs:
    """Names of quantities, facts and numbers that the charges of one tariff refer to."""

    channels: frozenset[str] = frozenset()  # of its own service, as import
    lent: frozenset[str] = frozenset()  # of another service, as water.import
    attributes: frozenset[str] = frozenset()  # of the service location
    conditions: frozenset[str] = frozenset()  # of the account
    given: frozenset[str] = frozenset()  # numbers of conversions
    uses: frozenset[tuple[str, int]] = frozenset()  # channel, whole periods before
    bases: tuple[tuple[str, str], ...] = ()  # each quantity with the base unit that is priced
    looks_back: bool = False  # at peaks, yearly sums or credit of earlier bills
    lots: frozenset[str] = frozenset()  # charges whose credit is kept

    @property
    def is_plain(self) -> bool:
        """Say that the readings of its own service are enough."""
        return self == Needs(channels=self.channels, bases=self.bases)


@lru_cache(maxsize=1024)
def needs_of(tariff: engine.Tariff) -> Needs:
    """Return what a tariff needs; kept, since a parsed tariff never changes."""
    energy = [one for charge in tariff.charges for one in _energy(charge)]
    terms = [term for each in (*tariff.charges, *tariff.taxes) for term in each.when]
    between = [term for term in terms if isinstance(term, UseBetween)]
    sources = {*tariff.sources, *(s for one in energy for s in one.sources)}
    sources |= {term.source for term in between if not term.last_periods}
    return Needs(
        channels=frozenset(s for s in sources if not is_lent(s)),
        lent=frozenset(s for s in sources if is_lent(s)),
        attributes=frozenset(_attributes(energy)),
        conditions=_conditions(terms),
        given=frozenset(_given(energy)),
        uses=frozenset((t.source, t.last_periods) for t in between if t.last_periods),
        bases=tuple(sorted(set(_bases(tariff, energy)))),
        looks_back=any(_looks_back(charge) for charge in tariff.charges),
        lots=frozenset(c.code for c in energy if c.credit and c.credit.settle is Settle.LOTS),
    )


def _bases(tariff: engine.Tariff, energy: Iterable[EnergyCharge]) -> Iterator[tuple[str, str]]:
    for charge in energy:
        yield from ((s, UNITS[charge.metered_unit].base) for s in charge.sources)
    for other in tariff.charges:
        if isinstance(other, DemandCharge) and other.with_reactive:
            yield from ((other.source, "Wh"), (other.with_reactive, "varh"))
        elif isinstance(other, DemandCharge):
            yield other.source, DEMAND_UNITS[other.unit]


def is_lent(source: str) -> bool:
    """Say whether a source belongs to another service."""
    return "." in source


def _energy(charge: AnyCharge) -> Iterator[EnergyCharge]:
    """Yield a charge of quantities and the whole tables that stand in it."""
    if isinstance(charge, EnergyCharge):
        yield charge
        for _, table in charge.tables:
            yield from _energy(table)


def _attributes(charges: Iterable[EnergyCharge]) -> Iterator[str]:
    for charge in charges:
        if charge.is_attribute:
            yield charge.source.removeprefix("@")
        if charge.slab_times and charge.slab_times.attribute:
            yield charge.slab_times.attribute


def _given(charges: Iterable[EnergyCharge]) -> Iterator[str]:
    for charge in charges:
        if charge.steps.conversion:
            yield from (each.given for each in charge.steps.conversion.factors if each.given)


def _conditions(terms: Iterable[Term]) -> frozenset[str]:
    return frozenset(name for term in terms if isinstance(term, Named) for name in term.any_of)


def _looks_back(charge: AnyCharge) -> bool:
    if isinstance(charge, DemandCharge):
        return charge.ratchet is not None
    if isinstance(charge, MinimumCharge):
        return charge.basis is MinimumBasis.YEAR
    is_credit = isinstance(charge, EnergyCharge) and charge.credit
    return bool(is_credit and is_credit.settle is Settle.LOTS)
