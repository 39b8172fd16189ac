"""The price book of a billed window: which tariff version and which taxes hold when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, DateField, DecimalField, F, Value

from core.periods import Period, local_date, midnight
from statements.problems import Problem
from tariffs import engine
from tariffs.models import IN_FORCE, PlanTariff, TariffVersion, TaxRule
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


@dataclass(frozen=True)
class PriceBook:
    """Plans, tariff versions and taxes of a window, read once for a chunk."""

    tariffs_of: Mapping[int, Sequence[int]]  # plan version: tariffs
    versions_of: Mapping[int, Sequence[Dated]]  # tariff: versions in order of time
    codes: Mapping[int, str]
    taxes: Sequence[TaxRule]
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
        times = []
        open_from = period.starts_at
        for dated in self.versions_of.get(tariff, ()):
            part = dated.period(period, zone)
            if part is None or part.starts_at != open_from:
                continue
            times += self._taxed(dated, part, zone)
            open_from = part.ends_at
        if open_from != period.ends_at:
            day = local_date(open_from, zone)
            raise Problem("tariff_gap", f"tariff {self.codes.get(tariff, tariff)} on {day}")
        return times

    def _taxed(self, dated: Dated, period: Period, zone: ZoneInfo) -> list[PricedTime]:
        rules = [t for t in self.taxes if t.commodity in ("", dated.tariff.commodity)]
        edges = {midnight(t.starts_on, zone) for t in rules}
        edges |= {midnight(t.ends_on, zone) for t in rules if t.ends_on}
        return [
            PricedTime(dated.version_id, dated.tariff, part, _taxes_in(rules, part, zone))
            for part in period.cut(edges)
        ]


def _taxes_in(rules: Sequence[TaxRule], part: Period, zone: ZoneInfo) -> tuple[engine.Tax, ...]:
    day = local_date(part.starts_at, zone)
    return tuple(
        engine_tax(rule)
        for rule in rules
        if rule.starts_on <= day and (rule.ends_on is None or day < rule.ends_on)
    )


Row = tuple[Any, ...]  # what it is, three numbers, its days, five texts, a rate
TAX, PLAN, VERSION = range(3)
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
    taxes = TaxRule.objects.filter(starts_on__lte=last).exclude(ends_on__lte=first)
    versions = TariffVersion.objects.filter(state__in=IN_FORCE, starts_on__lte=last)
    found = taxes.values_list(
        Value(TAX), F("position"), none, none, "starts_on", "ends_on",
        "code", "name", "commodity", "tax_class", "rate",
    ).union(
        PlanTariff.objects.values_list(
            Value(PLAN), "plan_version_id", "pk", "tariff_id", Value(None, DateField()),
            Value(None, DateField()), empty, empty, empty, empty, Value(None, RATE),
        ),
        versions.exclude(ends_on__lte=first).values_list(
            Value(VERSION), "tariff_id", "pk", none, "starts_on", "ends_on",
            "tariff__code", "digest", empty, empty, Value(None, RATE),
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
        TaxRule(
            starts_on=starts_on, ends_on=ends_on, code=code, name=name, commodity=commodity,
            tax_class=tax_class, rate=rate,
        )
        for kind, _, _, _, starts_on, ends_on, code, name, commodity, tax_class, rate in rows
        if kind == TAX
    ]  # fmt: skip
    tariffs_of: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row[0] == PLAN:
            tariffs_of[row[1]].append(row[3])
    found = [row for row in rows if row[0] == VERSION]
    _parse_new([(row[2], row[7]) for row in found])
    versions: dict[int, list[Dated]] = defaultdict(list)
    for _, tariff, pk, _, starts_on, ends_on, *_ in found:
        versions[tariff].append(Dated(pk, starts_on, ends_on, _parsed[pk]))
    return PriceBook(tariffs_of, versions, {row[1]: row[6] for row in found}, taxes)


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
