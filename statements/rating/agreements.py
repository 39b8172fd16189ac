"""One agreement in the billed month: cut where its prices change, with its channels in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.periods import Period, local_date
from meters.queries import Metered
from statements.problems import Problem
from statements.rating.book import PriceBook, PricedTime
from statements.rating.inputs import AgreementInput, ChannelUse, ends
from statements.rating.plan_book import PlanBook, without

Plans = Sequence[tuple[int, datetime, datetime | None]]  # plan version, from, up to


class Borne:
    """When the common charges of plans are on the bill of an account already."""

    def __init__(self) -> None:
        self._taken: dict[int, list[Period]] = defaultdict(list)

    def rest(self, plan: int, period: Period) -> tuple[Period, ...]:
        """Return the parts of a period that nobody bears yet, and take them."""
        found = without(period, self._taken[plan])
        self._taken[plan].append(period)
        return tuple(found)

    def count(self, period: Period, plans: Plans, book: PlanBook) -> None:
        """Take what an agreement bears that was billed before."""
        for plan_version, starts_at, ends_at in plans:
            if starts_at < period.ends_at:
                own = period.overlap(Period(starts_at, ends_at or period.ends_at))
                if own:
                    self.rest(book.plan_of.get(plan_version, 0), own)


def agreement_input(
    metered: Metered,
    period: Period,
    cycle: Period,
    plans: Plans,
    book: PriceBook,
    zone: ZoneInfo,
    borne: Borne,
) -> AgreementInput:
    """Return the input of an agreement.

    :param borne: what agreements of the account before this one bear for all of them; it grows
    """
    priced: list[PricedTime] = []
    open_from = period.starts_at
    for plan_version, starts_at, ends_at in plans:
        if starts_at >= period.ends_at:
            break
        part = period.overlap(Period(starts_at, ends_at or period.ends_at))
        if part is None:
            continue
        if part.starts_at > open_from:
            break
        common = borne.rest(book.plans.plan_of.get(plan_version, 0), part)
        priced += book.times(plan_version, part, zone, commodity=metered.commodity, common=common)
        open_from = part.ends_at
    if open_from < period.ends_at:
        day = local_date(open_from, zone)
        raise Problem("no_plan", f"agreement {metered.agreement_id} has no plan on {day}")
    return AgreementInput(
        agreement_id=metered.agreement_id,
        commodity=metered.commodity,
        period=period,
        is_final=metered.period.ends_at < cycle.ends_at,
        priced=tuple(priced),
        channels=_channels(metered, period, zone),
    )


def _channels(metered: Metered, period: Period, zone: ZoneInfo) -> tuple[ChannelUse, ...]:
    if metered.is_virtual:
        return ()
    uses = []
    for channel in metered.channels:
        part = channel.period.overlap(period)
        if part:
            interval = 0 if channel.is_register_only else channel.interval_s
            _check_bounds(interval, part, metered)
            uses.append(
                ChannelUse(channel.channel_id, channel.quantity, interval, part, channel.unit)
            )
    uses.sort(key=lambda use: (use.source, use.period.starts_at, use.channel_id))
    _check_unbroken([use for use in uses if use.source == "import"], period, zone, metered)
    return tuple(uses)


def _check_bounds(interval_s: int, part: Period, metered: Metered) -> None:
    """Refuse time that cuts an interval, as hours do where local days begin at half past."""
    for moment in ends(part) if interval_s else ():
        if moment.timestamp() % interval_s:
            raise Problem(
                "off_bounds",
                f"agreement {metered.agreement_id}: {moment.isoformat()} lies within "
                f"an interval of {interval_s} seconds",
            )


def _check_unbroken(
    uses: Sequence[ChannelUse], period: Period, zone: ZoneInfo, metered: Metered
) -> None:
    reached = period.starts_at
    for use in uses:
        if use.period.starts_at != reached:
            break
        reached = use.period.ends_at
    if reached != period.ends_at:
        day = local_date(reached, zone)
        raise Problem("no_meter", f"agreement {metered.agreement_id} has no meter on {day}")
