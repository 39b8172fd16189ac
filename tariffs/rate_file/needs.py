"""What a tariff asks of the usage file and of the account."""

from __future__ import annotations

from tariffs import engine
from tariffs.engine.conditions import Named, Term, UseBetween
from tariffs.engine.shape import EnergyCharge


def conditions_named(tariff: engine.Tariff) -> frozenset[str]:
    """Return the account conditions that decide whether something of a tariff applies."""
    found = [term.any_of for term in _terms(tariff) if isinstance(term, Named)]
    return frozenset().union(*found)


def sources(tariff: engine.Tariff) -> frozenset[str]:
    """Return the measured quantities that a tariff prices or asks about."""
    asked = {term.source for term in _terms(tariff) if isinstance(term, UseBetween)}
    return tariff.sources | asked


def attributes(tariff: engine.Tariff) -> dict[str, EnergyCharge]:
    """Return the attributes of the service location that a tariff needs, each with a charge."""
    found = {}
    for charge in energy_charges(tariff):
        if charge.is_attribute:
            found[charge.source.removeprefix("@")] = charge
        if charge.slab_times and charge.slab_times.attribute:
            found.setdefault(charge.slab_times.attribute, charge)
    return found


def numbers_given(tariff: engine.Tariff) -> dict[str, EnergyCharge]:
    """Return the numbers that its conversions are handed, each with a charge that needs it."""
    found = {}
    for charge in energy_charges(tariff):
        for factor in charge.steps.conversion.factors if charge.steps.conversion else ():
            if factor.given:
                found[factor.given] = charge
    return found


def energy_charges(tariff: engine.Tariff) -> list[EnergyCharge]:
    return [charge for charge in tariff.charges if isinstance(charge, EnergyCharge)]


def _terms(tariff: engine.Tariff) -> list[Term]:
    return [term for one in (*tariff.charges, *tariff.taxes) for term in one.when]
