"""What a calculator must ask before tariffs can be priced, beside the use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tariffs.authoring.sample_use import attributes_of, unit_of
from tariffs.engine import Tariff
from tariffs.engine.conditions import Term, UseBetween
from tariffs.engine.shape import EnergyCharge


@dataclass(frozen=True)
class Asked:
    """Names in the order of the tariffs, each once."""

    unit: str  # of the use; empty: no charge follows it
    bands: tuple[str, ...]  # of which a split may tell the use
    attributes: tuple[str, ...]
    numbers: tuple[str, ...]  # of conversions, by the name under which they are given
    conditions: tuple[str, ...]


def asked(tariffs: Sequence[Tariff]) -> Asked:
    """Return what the tariffs depend on."""
    charges = [charge for tariff in tariffs for charge in tariff.charges]
    energy = [charge for charge in charges if isinstance(charge, EnergyCharge)]
    rules = [charge.steps.conversion for charge in energy if charge.steps.conversion]
    taxes = [tax for tariff in tariffs for tax in tariff.taxes]
    terms = [term for each in (*charges, *taxes) for term in each.when]
    return Asked(
        unit=unit_of(tariffs),
        bands=_once(row.band for charge in energy for row in charge.rows if row.band),
        attributes=_once(name for tariff in tariffs for name in attributes_of(tariff)),
        numbers=_once(factor.given for rule in rules for factor in rule.factors if factor.given),
        conditions=_once(name for term in terms for name in _conditions(term)),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _conditions(term: Term) -> Iterator[str]:
    if not isinstance(term, UseBetween):
        yield from sorted(term.any_of)
