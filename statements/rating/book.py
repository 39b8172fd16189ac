"""The price book of a billed window: which tariff version and which taxes hold when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from core.periods import Period, local_date, midnight
from statements.problems import Problem
from statements.rating.needs import needs_of
from statements.rating.plan_book import COMMON, SCOPES, SERVICE, Bundled, PlanBook
from tariffs import engine
from tariffs.engine.shape import OnChange
from tariffs.models import TaxRule
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


class Under(NamedTuple):
    """What a tariff is priced under: a version of a plan, and the service of the agreement."""

    plan_version: int
    commodity: str


@dataclass(frozen=True)
class PriceBook:
    """Plans, tariff versions and taxes of a window, read once for a chunk."""

    plans: PlanBook
    versions_of: Mapping[int, Sequence[Dated]]  # tariff: versions in order of time
    codes: Mapping[int, str]
    taxes: Sequence[TaxRule]
    given: Sequence[Given] = ()
    discounts: Sequence[int] = ()  # tariffs that condition, not plan, brings in; in their order
    known: dict[tuple[object, ...], tuple[PricedTime, ...]] = field(default_factory=dict)

    def times(
        self,
        plan_version: int,
        period: Period,
        zone: ZoneInfo,
        *,
        commodity: str,
        common: Sequence[Period] = (),
    ) -> tuple[PricedTime, ...]:
        """Return who prices the period, tariff by tariff; those of the services cover it all.

        :param commodity: of the agreement; a plan may have tariffs for others too
        :param common: the parts in which this agreement bears what is billed once for the account
        :raises Problem: if a tariff of the plan has no version on a day of the period
        """
        key = (plan_version, period, zone.key, commodity, *common)
        if key not in self.known:
            found = self._times(plan_version, period, zone, commodity, common)
            self.known[key] = tuple(found)
        return self.known[key]

    def _times(
        self,
        plan_version: int,
        period: Period,
        zone: ZoneInfo,
        commodity: str,
        common: Sequence[Period],
    ) -> Iterator[PricedTime]:
        found: dict[Bundled, list[PricedTime]] = {}
        for version, part in self.plans.versions_on(plan_version, period, zone):
            tariffs = [t for t in self.plans.bundled.get(version, ()) if self._is_of(t, commodity)]
            if not any(each.scope == SERVICE for each in tariffs):
                raise Problem("no_plan", f"plan version {version} has no tariff for {commodity}")
            under = Under(version, commodity)
            for each in tariffs:
                borne = common if each.scope == COMMON else [part]
                for own in filter(None, (part.overlap(one) for one in borne)):
                    times = self._tariff_times(each.tariff, own, zone, under)
                    found.setdefault(each, []).extend(times)
        for each in sorted(found, key=lambda bundled: SCOPES.index(bundled.scope)):
            yield from found[each]
        currencies = {time.tariff.currency for times in found.values() for time in times}
        for discount in self.discounts:
            for version, part in self.plans.versions_on(plan_version, period, zone):
                under = Under(version, commodity)
                yield from self._discount_times(discount, part, zone, under, currencies)

    def _is_of(self, bundled: Bundled, commodity: str) -> bool:
        """Say whether a tariff of a plan concerns an agreement; what is common may be any's."""
        versions = self.versions_of.get(bundled.tariff, ())
        return bundled.scope == COMMON or not versions or versions[0].tariff.commodity == commodity

    def _tariff_times(
        self, tariff: int, period: Period, zone: ZoneInfo, under: Under
    ) -> list[PricedTime]:
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
        return [time for dated, part in held for time in self._cut(dated, part, zone, under)]

    def _discount_times(
        self,
        discount: int,
        period: Period,
        zone: ZoneInfo,
        under: Under,
        currencies: Collection[str],
    ) -> Iterator[PricedTime]:
        """Yield the time of a discount, which need not hold all the time, with the same taxes.

        One in another currency than what it would be taken of is none.
        """
        for dated in self.versions_of.get(discount, ()):
            part = dated.period(period, zone)
            is_of = dated.tariff.commodity == under.commodity
            if part and is_of and dated.tariff.currency in currencies:
                yield from self._cut(dated, part, zone, under)

    def _discount_edges(self, commodity: str, zone: ZoneInfo) -> set[datetime]:
        """Return when discounts begin and end: a percentage is taken of whole segments."""
        of = [d for tariff in self.discounts for d in self.versions_of.get(tariff, ())]
        return _edges([each for each in of if each.tariff.commodity == commodity], zone)

    def _cut(self, dated: Dated, period: Period, zone: ZoneInfo, under: Under) -> list[PricedTime]:
        """Cut the time of a version where a tax, a discount or a given number of it changes."""
        tariff = dated.tariff
        own = self.plans.taxes.get(under.plan_version)
        rules = [] if own else [rule for rule in self.taxes if _is_for(rule, tariff)]
        given = [each for each in self.given if each.code in needs_of(tariff).given]
        edges = _edges(rules, zone) | _edges(given, zone)
        edges |= self._discount_edges(under.commodity, zone)
        return [
            PricedTime(
                dated.version_id,
                tariff,
                part,
                (own,) if own else tuple(engine_tax(rule) for rule in _held(rules, part, zone)),
                tuple((each.code, each.value) for each in _held(given, part, zone)),
            )
            for part in period.cut(edges)
        ]


def _is_for(rule: TaxRule, tariff: engine.Tariff) -> bool:
    return rule.commodity in ("", tariff.commodity) and rule.currency in ("", tariff.currency)


Held = TypeVar("Held", TaxRule, Given, Dated)


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
