"""Cuts a billing period wherever a version, a condition or a given number changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from core.periods import Period, last_day, local_date, midnight
from tariffs import engine
from tariffs.engine.choices import OnChange
from tariffs.rate_file import needs
from tariffs.rate_file.account import Account
from tariffs.rate_file.cycle import Billed
from tariffs.rate_file.errors import WrongFile
from tariffs.rate_file.versions import Family


@dataclass(frozen=True)
class State:
    """What holds for a stretch of days."""

    tariff: engine.Tariff
    conditions: frozenset[str]
    given: Mapping[str, int]


def segments(
    family: Family, billed: Billed, zone: ZoneInfo, account: Account
) -> list[engine.Segment]:
    """Return the segments of one tariff: they follow each other and fill the period.

    :raises WrongFile: if a number that a conversion needs is not given on some day
    """
    made: list[engine.Segment] = []
    for part, state in _states(family, billed.period, zone, account):
        _check_given(state, part, zone, account)
        if made and _state(made[-1]) == state:
            made[-1] = replace(made[-1], period=Period(made[-1].period.starts_at, part.ends_at))
        else:
            made.append(_segment(family, part, billed, state, zone, account))
    return made


def _states(
    family: Family, period: Period, zone: ZoneInfo, account: Account
) -> Iterator[tuple[Period, State]]:
    last = family.on(last_day(period, zone)).tariff
    edges = [midnight(day, zone) for day in (*family.starts, *account.changes)]
    for part in period.cut(edges):
        day = local_date(part.starts_at, zone)
        tariff = last if last.on_change is OnChange.LAST_DAY else family.on(day).tariff
        yield part, _state_on(day, tariff, account)


def _state_on(day: date, tariff: engine.Tariff, account: Account) -> State:
    """Return what holds on a day, without what the tariff does not ask about."""
    wanted = needs.numbers_given(tariff)
    return State(
        tariff,
        account.conditions_on(day) & needs.conditions_named(tariff),
        {name: value for name, value in account.given_on(day).items() if name in wanted},
    )


def _state(segment: engine.Segment) -> State:
    return State(segment.tariff, segment.conditions, segment.given)


def _segment(
    family: Family, part: Period, billed: Billed, state: State, zone: ZoneInfo, account: Account
) -> engine.Segment:
    return engine.Segment(
        state.tariff,
        part,
        billed.cycle,
        zone,
        key=family.code,
        conditions=state.conditions,
        unserved=account.unserved,
        given=state.given,
    )


def _check_given(state: State, part: Period, zone: ZoneInfo, account: Account) -> None:
    for name, charge in needs.numbers_given(state.tariff).items():
        if name not in state.given:
            day = local_date(part.starts_at, zone)
            message = f"has no {name!r} for {day}, which charge {charge.code} is converted by"
            raise WrongFile(account.named_file, message, path="given")
