"""The billing calendar of an account: the twelve months to come, and the last ones as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from accounts.models import CustomerAccount, Utility
from core.periods import last_day, local_date, next_month
from meters.models import CustomerAgreement
from statements import schedule
from statements.models import BillingRun, Statement
from statements.schedule import Round

MONTHS = 12
RUNS = 6  # of which the usual day is the middle one


@dataclass(frozen=True)
class PastRound:
    """A bill as it came."""

    statement: Statement
    month: date
    read_on: date


@dataclass(frozen=True)
class CalendarView:
    """What the page shows, with the rule by which the coming days are worked out."""

    account: CustomerAccount
    coming: Sequence[Round]
    past: Sequence[PastRound]
    issue_day: int  # of the month after
    term_days: int
    ends_on: date | None  # last day with service
    today: date
    has_service: bool

    @property
    def next_round(self) -> Round | None:
        return self.coming[0] if self.coming else None

    @property
    def is_late(self) -> bool:
        """Say whether the next bill is later than usual."""
        return bool(self.coming) and self.coming[0].bill_on < self.today


def billing_calendar(account: CustomerAccount, house: Utility, *, today: date) -> CalendarView:
    """Return the calendar of an account; three queries. `today` is the utility's day."""
    past = _past(account)
    starts, ends_on, has_service = _service(account, house.zone)
    lag = _lag(account, house.zone)
    return CalendarView(
        account=account,
        coming=schedule.coming_rounds(
            _first(past, starts, today),
            count=MONTHS,
            lag=lag,
            term_days=house.payment_term_days,
            ends_on=ends_on,
        )
        if has_service
        else [],
        past=past,
        issue_day=lag + 1,
        term_days=house.payment_term_days,
        ends_on=ends_on,
        today=today,
        has_service=has_service,
    )


def _past(account: CustomerAccount) -> list[PastRound]:
    """Return the newest bills, those taken back too."""
    bills = Statement.objects.visible().filter(account=account).order_by("-starts_at", "-pk")
    return [_past_round(each) for each in bills[:MONTHS]]


def _past_round(statement: Statement) -> PastRound:
    month = local_date(statement.starts_at, statement.zone).replace(day=1)
    return PastRound(statement, month, last_day(statement.period, statement.zone))


def _service(account: CustomerAccount, zone: ZoneInfo) -> tuple[date | None, date | None, bool]:
    """Return the first and the last day with service, the last one None while it goes on."""
    spans = list(
        CustomerAgreement.objects.filter(account=account).values_list("starts_at", "ends_at")
    )
    if not spans:
        return None, None, False
    starts = local_date(min(start for start, _ in spans), zone)
    ends = [end for _, end in spans if end]
    if len(ends) < len(spans):
        return starts, None, True
    return starts, local_date(max(ends) - timedelta(microseconds=1), zone), True


def _first(past: Sequence[PastRound], starts: date | None, today: date) -> date:
    """Return the first month without a bill; none that is longer ago than the last one."""
    billed = [each.month for each in past if each.statement.state == Statement.State.ISSUED]
    begun = starts or today
    first = next_month(billed[0].year, billed[0].month) if billed else begun
    last_month = today.replace(day=1) - timedelta(days=1)
    return max(first, last_month.replace(day=1))


def _lag(account: CustomerAccount, zone: ZoneInfo) -> int:
    runs = BillingRun.objects.filter(cycle__code=account.cycle_code, sequence=1)
    newest = runs.order_by("-month").values_list("month", "as_of")[:RUNS]
    return schedule.usual_lag(
        [(date.fromisoformat(f"{month}-01"), local_date(at, zone)) for month, at in newest]
    )
