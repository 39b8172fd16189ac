"""Checks that tariffs, use and account belong together, before anything is priced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from tariffs import engine
from tariffs.engine.charges import DemandCharge, EnergyCharge, Metered
from tariffs.engine.measures import DEMAND_UNITS, UNITS
from tariffs.rate_file import needs, quantities
from tariffs.rate_file.account import Account
from tariffs.rate_file.errors import BadUsage, WrongFile
from tariffs.rate_file.usage import UsageFile
from tariffs.rate_file.versions import Family

VARH = "varh"


def check(families: Sequence[Family], use: UsageFile, account: Account) -> None:
    """Check channels, units and attributes.

    :raises BadUsage: if the file lacks what a charge prices, or has it in another unit
    :raises WrongFile: if the account lacks an attribute
    """
    for tariff in _tariffs(families):
        for charge in tariff.charges:
            if isinstance(charge, EnergyCharge | DemandCharge):
                _check_charge(charge, tariff, use)
        for source in needs.sources(tariff):
            if not quantities.names(use, tariff.commodity, source):
                raise BadUsage(f"tariff {tariff.code}: {_lacks(use, source)}")
        _check_attributes(tariff, account)


def check_past(families: Sequence[Family], account: Account, first: date) -> None:
    """Refuse what an account remembers of a charge that no tariff has, or of days still to come.

    :param first: the first day that is priced
    :raises WrongFile: naming what the account remembers
    """
    codes = {charge.code for tariff in _tariffs(families) for charge in tariff.charges}
    past = account.past
    for name, by_charge in (("peaks", past.peaks), ("bases", past.bases), ("lots", past.lots)):
        for charge in by_charge:
            if charge not in codes:
                message = f"{charge!r} is not a charge of any tariff"
                raise WrongFile(account.named_file, message, path=name)
    for name, day in _remembered(past):
        if day >= first:
            message = f"{day} is not before {first}, the first day that is priced"
            raise WrongFile(account.named_file, message, path=name)


def _remembered(past: engine.Past) -> Iterator[tuple[str, date]]:
    """Yield the days of all that is remembered, each with the field that says it."""
    for name, entries in (("peaks", past.peaks), ("uses", past.uses), ("bases", past.bases)):
        yield from ((name, day) for own in entries.values() for day, _ in own)
    yield from (("lots", lot.earned_on) for own in past.lots.values() for lot in own)


def warnings(families: Sequence[Family], use: UsageFile, account: Account) -> list[str]:
    """Tell what the files hold and no tariff asks for."""
    tariffs = list(_tariffs(families))
    used = {name for tariff in tariffs for name in _channels(tariff, use)}
    asked = frozenset().union(*(needs.conditions_named(tariff) for tariff in tariffs))
    whose = "this tariff" if len(tariffs) == 1 else "these tariffs"
    held = dict.fromkeys(dated.name for dated in account.conditions)
    return [
        *(f"channel {name} is not priced by {whose}" for name in use.rows if name not in used),
        *(f"condition {name} decides nothing in {whose}" for name in held if name not in asked),
        *_gaps(use),
    ]


def _gaps(use: UsageFile) -> list[str]:
    """Tell of times between the totals of a file that nothing is billed for."""
    periods = use.periods() if use.is_totals else []
    return [
        f"nothing is billed from {before.ends_at.isoformat()} to {after.starts_at.isoformat()}"
        for before, after in pairwise(periods)
        if before.ends_at < after.starts_at
    ]


def _tariffs(families: Sequence[Family]) -> Iterator[engine.Tariff]:
    for family in families:
        for version in family.versions:
            yield version.tariff


def _channels(tariff: engine.Tariff, use: UsageFile) -> Iterator[str]:
    for source in needs.sources(tariff):
        yield from quantities.names(use, tariff.commodity, source).values()


def _check_charge(charge: Metered, tariff: engine.Tariff, use: UsageFile) -> None:
    for source in charge.sources:
        found = quantities.names(use, tariff.commodity, source)
        if not found:
            raise BadUsage(f"charge {charge.code}: {_lacks(use, source)}")
        wanted = _bases(charge, source, is_totals=use.is_totals)
        for name in found.values():
            row = use.rows[name][0]
            if row.base_unit not in wanted:
                message = f"is in {row.unit}, but {charge.code} is per {_per(charge)}"
                if isinstance(charge, DemandCharge):
                    message += f", which is told by {' or '.join(wanted)} here"
                raise BadUsage(message, row=row.line)


def _lacks(use: UsageFile, source: str) -> str:
    if not use.rows:
        return f"needs the channel {source!r} of a usage file"
    return f"the file has no channel {source!r}, only {', '.join(map(repr, use.rows))}"


def _bases(charge: Metered, source: str, *, is_totals: bool) -> tuple[str, ...]:
    """Return the base units in which a charge can be told a quantity."""
    if isinstance(charge, EnergyCharge):
        return (UNITS[_per(charge)].base,)
    if source == charge.with_reactive:
        return (VARH,)
    if charge.with_reactive:
        return (DEMAND_UNITS["kW"],)
    return (UNITS[charge.unit].base if is_totals else DEMAND_UNITS[charge.unit],)


def _per(charge: Metered) -> str:
    if isinstance(charge, EnergyCharge) and charge.steps.conversion:
        return charge.steps.conversion.unit
    return charge.unit


def _check_attributes(tariff: engine.Tariff, account: Account) -> None:
    for name, charge in needs.attributes(tariff).items():
        held = account.attributes.get(name)
        path = f"attributes.{name}"
        if held is None:
            message = f"is missing: charge {charge.code} is per {name}"
            raise WrongFile(account.named_file, message, path=path)
        if charge.source == f"@{name}" and UNITS[held.unit].base != UNITS[charge.unit].base:
            message = f"is in {held.unit}, but {charge.code} is per {charge.unit}"
            raise WrongFile(account.named_file, message, path=path)
