"""The price book of a billed window: which tariff version and which taxes hold when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, DateField, DecimalField, F, JSONField, Value

from core.money import to_scaled
from core.periods import Period, local_date, midnight
from statements.problems import Problem
from statements.rating.needs import needs_of
from tariffs import engine
from tariffs.engine.shape import PRICE_DIGITS, OnChange
from tariffs.models import IN_FORCE, GivenNumber, PlanTariff, TariffVersion, TaxRule
from tariffs.queries import engine_tax


@dataclass(frozen=True)
class Dated:
    """A tariff version with the local days on which it holds."""

    version_id: int
    starts_on: date
    ends_on: date | None
    tariff: engine.Tariff

    def period(self, within: Period, zone: ZoneInfo) -> Period | None:
        starts_at = midnight(self.starts_on, zone)
        ends_at = midnight(self.ends_on, zone) if self.ends_on else within.ends_at
        if starts_at >= ends_at:
            return None
        return within.overlap(Period(starts_at, ends_at))


@dataclass(frozen=True)
class PricedTime:
    """A stretch of an agreement that one tariff version prices under one set of taxes."""

    version_id: int
    tariff: engine.Tariff
    period: Period
    taxes: tuple[engine.Tax, ...]
    given: tuple[tuple[str, int], ...] = ()  # numbers of conversions by name, 10^-8


@dataclass(frozen=True)
class Given:
    """A number with the local days on which it holds, in 10^-8."""

    code: str
    value: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class PriceBook:
    """Plans, tariff versions and taxes of a window, read once for a chunk."""

    tariffs_of: Mapping[int, Sequence[int]]  # plan version: tariffs
    versions_of: Mapping[int, Sequence[Dated]]  # tariff: versions in order of time
    codes: Mapping[int, str]
    taxes: Sequence[TaxRule]
    given: Sequence[Given] = ()
    known: dict[tuple[int, datetime, datetime, str], tuple[PricedTime, ...]] = field(
        default_factory=dict
    )

    def times(self, plan_version: int, period: Period, zone: ZoneInfo) -> tuple[PricedTime, ...]:
        """Return who prices the period, tariff by tariff; each covers it without a gap.

        :raises Problem: if a tariff of the plan has no version on a day of the period
        """
        key = (plan_version, period.starts_at, period.ends_at, zone.key)
        if key not in self.known:
            self.known[key] = self._times(plan_version, period, zone)
        return self.known[key]

    def _times(self, plan_version: int, period: Period, zone: ZoneInfo) -> tuple[PricedTime, ...]:
        tariffs = self.tariffs_of.get(plan_version, ())
        if not tariffs:
            raise Problem("no_plan", f"plan version {plan_version} has no tariff")
        return tuple(t for tariff in tariffs for t in self._tariff_times(tariff, period, zone))

    def _tariff_times(self, tariff: int, period: Period, zone: ZoneInfo) -> list[PricedTime]:
        held: list[tuple[Dated, Period]] = []
        open_from = period.starts_at
        for dated in self.versions_of.get(tariff, ()):
            part = dated.period(period, zone)
            if part is None or part.starts_at != open_from:
                continue
            held.append((dated, part))
            open_from = part.ends_at
        if open_from != period.ends_at:
            day = local_date(open_from, zone)
            raise Problem("tariff_gap", f"tariff {self.codes.get(tariff, tariff)} on {day}")
        if held and held[-1][0].tariff.on_change is OnChange.LAST_DAY:
            held = [(held[-1][0], period)]
        return [time for dated, part in held for time in self._cut(dated, part, zone)]

    def _cut(self, dated: Dated, period: Period, zone: ZoneInfo) -> list[PricedTime]:
        """Cut the time of a version where a tax or a given number of it changes."""
        tariff = dated.tariff
        rules = [rule for rule in self.taxes if _is_for(rule, tariff)]
        given = [each for each in self.given if each.code in needs_of(tariff).given]
        edges = _edges(rules, zone) | _edges(given, zone)
        return [
            PricedTime(
                dated.version_id,
                tariff,
                part,
                tuple(engine_tax(rule) for rule in _held(rules, part, zone)),
                tuple((each.code, each.value) for each in _held(given, part, zone)),
            )
            for part in period.cut(edges)
        ]


def _is_for(rule: TaxRule, tariff: engine.Tariff) -> bool:
    return rule.commodity in ("", tariff.commodity) and rule.currency in ("", tariff.currency)


Held = TypeVar("Held", TaxRule, Given)


def _edges(dated: Sequence[Held], zone: ZoneInfo) -> set[datetime]:
    ends = {midnight(each.ends_on, zone) for each in dated if each.ends_on}
    return ends | {midnight(each.starts_on, zone) for each in dated}


def _held(dated: Sequence[Held], part: Period, zone: ZoneInfo) -> list[Held]:
    """Return those that hold on the first day of a part that none of them ends in."""
    day = local_date(part.starts_at, zone)
    return [
        each
        for each in dated
        if each.starts_on <= day and (each.ends_on is None or day < each.ends_on)
    ]


Row = tuple[Any, ...]  # what it is, three numbers, its days, and the rest by kind of row
TAX, PLAN, VERSION, GIVEN = range(4)
TAX_FIELDS = (
    "code name commodity tax_class rate kind currency amount above bands reason on_taxes"
).split()
_last: tuple[Period, list[Row], PriceBook] | None = None


def open_book(window: Period) -> PriceBook:
    """Read the book for a window of time, in one query; the same book while it says the same."""
    global _last
    rows, known = _rows(window), _last  # one read: other threads may put theirs in its place
    if known is None or known[:2] != (window, rows):
        known = _last = window, rows, _book(rows)
    return known[2]


def _rows(window: Period) -> list[Row]:
    """Return the taxes, plans and tariff versions of the window, each in its order."""
    first = (window.starts_at - timedelta(days=1)).date()
    last = (window.ends_at + timedelta(days=1)).date()
    none, empty = Value(None, BigIntegerField()), Value("")
    rate, rows = Value(None, RATE), Value(None, JSONField())
    taxes = TaxRule.objects.filter(starts_on__lte=last).exclude(ends_on__lte=first)
    versions = TariffVersion.objects.filter(state__in=IN_FORCE, starts_on__lte=last)
    given = GivenNumber.objects.filter(starts_on__lte=last).exclude(ends_on__lte=first)
    no_day, no_terms = Value(None, DateField()), (empty, empty, rate, rate, rows, empty, empty)
    found = taxes.values_list(
        Value(TAX), F("position"), none, none, "starts_on", "ends_on", *TAX_FIELDS
    ).union(
        PlanTariff.objects.values_list(
            Value(PLAN), "plan_version_id", "pk", "tariff_id", no_day, no_day,
            empty, empty, empty, empty, rate, *no_terms,
        ),
        versions.exclude(ends_on__lte=first).values_list(
            Value(VERSION), "tariff_id", "pk", none, "starts_on", "ends_on",
            "tariff__code", "digest", empty, empty, rate, *no_terms,
        ),
        given.values_list(
            Value(GIVEN), "pk", none, none, "starts_on", "ends_on",
            "code", empty, empty, empty, "value", *no_terms,
        ),
        all=True,
    )  # fmt: skip
    return sorted(found, key=_order)


def _order(row: Row) -> tuple[Any, ...]:
    kind, first, second, _, starts_on, _, code, *_ = row
    return (
        kind,
        first,
        (starts_on, second) if kind == VERSION else (code if kind == TAX else second),
    )


def _book(rows: Sequence[Row]) -> PriceBook:
    taxes = [
        TaxRule(starts_on=row[4], ends_on=row[5], **dict(zip(TAX_FIELDS, row[6:], strict=True)))
        for row in rows
        if row[0] == TAX
    ]
    given = [
        Given(row[6], to_scaled(row[10], PRICE_DIGITS), row[4], row[5])
        for row in rows
        if row[0] == GIVEN
    ]
    tariffs_of: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row[0] == PLAN:
            tariffs_of[row[1]].append(row[3])
    found = [row for row in rows if row[0] == VERSION]
    _parse_new([(row[2], row[7]) for row in found])
    versions: dict[int, list[Dated]] = defaultdict(list)
    for _, tariff, pk, _, starts_on, ends_on, *_ in found:
        versions[tariff].append(Dated(pk, starts_on, ends_on, _parsed[pk]))
    return PriceBook(tariffs_of, versions, {row[1]: row[6] for row in found}, taxes, given)


RATE = DecimalField(max_digits=18, decimal_places=8)
_parsed: dict[int, engine.Tariff] = {}  # published versions never change, so neither does this


def _parse_new(versions: Sequence[tuple[int, str]]) -> None:
    new = [pk for pk, digest in versions if pk not in _parsed or _parsed[pk].digest != digest]
    if new:
        definitions = TariffVersion.objects.filter(pk__in=new).values_list("pk", "definition")
        _parsed.update({pk: engine.parse(definition) for pk, definition in definitions})


def tariffs_by_version(versions: Iterable[tuple[int, str]]) -> dict[int, engine.Tariff]:
    """Return the parsed tariffs of versions, each given with the digest it must still have.

    :raises Problem: if a version is gone or its definition has another digest
    """
    wanted = list(versions)
    _parse_new(wanted)
    for pk, digest in wanted:
        if pk not in _parsed or _parsed[pk].digest != digest:
            raise Problem("bad_tariff", f"tariff version {pk} is not the one that was billed")
    return {pk: _parsed[pk] for pk, _ in wanted}
