"""What a chunk of accounts is billed on: agreements, plans, tariff versions, taxes, channels.

A constant number of queries, whatever the size of the chunk. Every account ends up in exactly
one place: to be priced, with a problem, or with nothing to bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import BigIntegerField, Value

from core.periods import Period, local_date, local_month
from meters.queries import Metered, metered_agreements
from statements.models import PlanAssignment, StatementCoverage
from statements.operations.plan import ZONE_SPREAD, month_of
from statements.problems import Problem
from statements.rating.book import PriceBook, PricedTime, open_book

HISTORY = timedelta(days=100)  # three monthly bills to compare with


class Payer(NamedTuple):
    """The account that a bill is for."""

    account_id: int
    currency: str
    language: str


@dataclass(frozen=True)
class ChannelUse:
    """A stretch of a period in which one channel measured one source."""

    channel_id: int
    source: str  # import, export
    interval_s: int  # 0: a register that is only read at the ends
    period: Period
    unit: str = ""  # base unit of its values; empty where a trace is read

    def __hash__(self) -> int:
        return hash(self.channel_id)  # nearly unique, and far cheaper than all fields


class Known(NamedTuple):
    """A number that is known of an earlier period, or of a credit of that day."""

    kind: str  # peak, base, lot as `Carried.Kind`, or use
    code: str  # of its charge; of a use the channel
    day: date
    value: int


@dataclass(frozen=True)
class Extra:
    """What an agreement is billed on beside its readings and prices."""

    conditions: tuple[str, ...] = ()  # those that hold, of the ones that its tariffs ask for
    attributes: tuple[tuple[str, int], ...] = ()  # of the location, in thousandths
    lent: tuple[tuple[str, int], ...] = ()  # source, and the place of the agreement that has it
    past: tuple[Known, ...] = ()  # oldest first

    def shape(self) -> tuple[object, ...]:
        names = tuple(name for name, _ in self.attributes)
        return self.conditions, names, self.lent, tuple(known[:3] for known in self.past)


NO_EXTRA = Extra()


@dataclass(frozen=True)
class AgreementInput:
    """One agreement in the billed month, cut where its prices change."""

    agreement_id: int
    commodity: str
    period: Period
    is_final: bool
    priced: tuple[PricedTime, ...]
    channels: tuple[ChannelUse, ...]
    extra: Extra = NO_EXTRA

    def shape(self) -> tuple[object, ...]:
        """Return what must be equal for two agreements to be rated side by side."""
        uses = [(u.source, u.interval_s, *_ends(u.period)) for u in self.channels]
        times = [(time.version_id, *_ends(time.period)) for time in self.priced]
        own = () if self.extra is NO_EXTRA else self.extra.shape()
        return (self.commodity, *_ends(self.period), self.is_final, *times, *uses, *own)


def _ends(period: Period) -> tuple[datetime, datetime]:
    return period.starts_at, period.ends_at


@dataclass(frozen=True)
class BillInput:
    """Everything that one account's bill is computed from, but the readings."""

    account_id: int
    currency: str
    language: str
    zone_name: str
    cycle: Period
    agreements: tuple[AgreementInput, ...]

    @property
    def period(self) -> Period:
        starts = min(agreement.period.starts_at for agreement in self.agreements)
        return Period(starts, max(agreement.period.ends_at for agreement in self.agreements))

    def shape(self) -> tuple[object, ...]:
        agreements = tuple(agreement.shape() for agreement in self.agreements)
        return (self.currency, self.zone_name, *_ends(self.cycle), agreements)


@dataclass
class Loaded:
    """The accounts of a chunk, each in one of three places."""

    book: PriceBook
    bills: list[BillInput] = field(default_factory=list)
    problems: dict[int, Problem] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)  # account: why
    before: dict[int, tuple[int, ...]] = field(default_factory=dict)  # account: totals, minor units


def load(accounts: Sequence[Payer], month: str) -> Loaded:
    """Read the inputs of these accounts for the month."""
    keys = [account.account_id for account in accounts]
    window = _widest(month)
    metered = _by_account(metered_agreements(keys, window))
    agreements = [m.agreement_id for each in metered.values() for m in each]
    past = _past(agreements, window)
    loaded = Loaded(open_book(window))
    for account in accounts:
        own = metered[account.account_id]
        loaded.before[account.account_id] = past.bills_of(own)
        try:
            bill = _bill(account, month, own, past.billed, past.assigned, loaded.book)
        except Problem as problem:
            loaded.problems[account.account_id] = problem
            continue
        if bill:
            loaded.bills.append(bill)
        else:
            loaded.skipped[account.account_id] = "already_billed" if own else "no_agreement"
    return loaded


def _widest(month: str) -> Period:
    utc = local_month(*month_of(month), ZoneInfo("UTC"))
    return Period(utc.starts_at - ZONE_SPREAD, utc.ends_at + ZONE_SPREAD)


def _by_account(metered: Iterable[Metered]) -> dict[int, list[Metered]]:
    found: dict[int, list[Metered]] = defaultdict(list)
    for each in metered:
        found[each.account_id].append(each)
    return found


Assigned = Mapping[int, Sequence[tuple[int, datetime, datetime | None]]]
Billed = Mapping[int, Sequence[Period]]


@dataclass
class _Past:
    """What is on record of agreements: their plans, what is billed, and for how much."""

    assigned: dict[int, list[tuple[int, datetime, datetime | None]]]
    billed: dict[int, list[Period]]
    totals: dict[int, dict[int, int]]  # agreement: statement: total in minor units

    def bills_of(self, metered: Sequence[Metered]) -> tuple[int, ...]:
        """Return the totals of the bills that an account had lately."""
        bills: dict[int, int] = {}
        for each in metered:
            bills.update(self.totals.get(each.agreement_id, {}))
        return tuple(bills.values())


def _past(agreements: Sequence[int], window: Period) -> _Past:
    """Return plans in order of time, what is billed of the window, and bills before; one query."""
    plans = PlanAssignment.objects.filter(
        agreement_id__one_of=agreements, starts_at__lt=window.ends_at
    ).exclude(ends_at__lte=window.starts_at)
    covered = StatementCoverage.objects.filter(
        agreement_id__one_of=agreements,
        live=True,
        starts_at__lt=window.ends_at,
        ends_at__gt=window.starts_at - HISTORY,
    )
    nothing = Value(None, BigIntegerField())
    columns = ("agreement_id", "starts_at", "ends_at")
    rows = plans.values_list(*columns, "plan_version_id", nothing, nothing).union(
        covered.values_list(*columns, nothing, "statement_id", "statement__total_minor"), all=True
    )
    past = _Past(defaultdict(list), defaultdict(list), defaultdict(dict))
    for agreement, starts_at, ends_at, plan, statement, total in sorted(rows, key=itemgetter(0, 1)):
        if plan is not None:
            past.assigned[agreement].append((plan, starts_at, ends_at))
            continue
        if ends_at > window.starts_at:
            past.billed[agreement].append(Period(starts_at, ends_at))
        if starts_at < window.starts_at:
            past.totals[agreement][statement] = total
    return past


def _bill(
    account: Payer,
    month: str,
    metered: Sequence[Metered],
    billed: Billed,
    assigned: Assigned,
    book: PriceBook,
) -> BillInput | None:
    if not metered:
        return None
    zone = _zone(month, metered)
    cycle = _cycle(month, zone)
    agreements = []
    local = [each for each in metered if each.zone_name == zone.key]
    for each in sorted(local, key=lambda m: m.agreement_id):
        period = each.period.overlap(cycle)
        if period and not any(period.overlap(p) for p in billed.get(each.agreement_id, ())):
            plans = assigned.get(each.agreement_id, ())
            agreements.append(_agreement(each, period, cycle, plans, book, zone))
    if not agreements:
        return None
    bill = BillInput(
        account_id=account.account_id,
        currency=account.currency,
        language=account.language,
        zone_name=zone.key,
        cycle=cycle,
        agreements=tuple(agreements),
    )
    _check_currency(bill, account.currency)
    return bill


@lru_cache
def _cycle(month: str, zone: ZoneInfo) -> Period:
    return local_month(*month_of(month), zone)


def _zone(month: str, metered: Sequence[Metered]) -> ZoneInfo:
    """Return the one zone of the agreements; where they differ, of those with time in the month."""
    names = {each.zone_name for each in metered}
    if len(names) > 1:
        names = {m.zone_name for m in metered if _touches(month, m)} or names
    if len(names) > 1:
        raise Problem("mixed_zones", f"agreements lie in {', '.join(sorted(names))}")
    return _known(names.pop())


def _touches(month: str, metered: Metered) -> bool:
    return metered.period.overlap(_cycle(month, _known(metered.zone_name))) is not None


def _known(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Problem("bad_zone", str(error)) from error


def _agreement(
    metered: Metered,
    period: Period,
    cycle: Period,
    plans: Sequence[tuple[int, datetime, datetime | None]],
    book: PriceBook,
    zone: ZoneInfo,
) -> AgreementInput:
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
        priced += book.times(plan_version, part, zone)
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
    for moment in _ends(part) if interval_s else ():
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


def _check_currency(bill: BillInput, currency: str) -> None:
    for agreement in bill.agreements:
        for time in agreement.priced:
            if time.tariff.currency != currency:
                raise Problem(
                    "currency_mismatch",
                    f"tariff {time.tariff.code} is in {time.tariff.currency}, "
                    f"the account in {currency}",
                )
