"""Plan a billing run: one row per account that is due, in chunks a worker can claim."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import CustomerAccount
from accounts.queries import utility
from core import bulk
from core.periods import Period, local_month
from meters.models import CustomerAgreement
from statements.models import (
    BillingCycle,
    BillingRun,
    RunChunk,
    RunItem,
    Statement,
    StatementCoverage,
)

CHUNK_SIZE = 400
YEARS = range(1900, 9000)  # what calendars compute without running out
ZONE_SPREAD = timedelta(days=1)  # service locations lie up to 26 hours apart


class BadMonth(ValueError):
    """The month is not written YYYY-MM, or has not ended yet."""


def month_of(text: str) -> tuple[int, int]:
    """Return year and month of "2026-10".

    :raises BadMonth: if it is written in another way
    """
    year, _, month = text.partition("-")
    is_written = text.isascii() and len(text) == 7 and year.isdigit() and month.isdigit()
    if not (is_written and int(year) in YEARS and 1 <= int(month) <= 12):
        raise BadMonth(f"{text!r} is not a month; write it like 2026-10")
    return int(year), int(month)


@transaction.atomic
def plan(cycle: BillingCycle, month: str, *, as_of: datetime, started_by: str) -> BillingRun:
    """Return the unfinished run of the month, or a new one; add an item for each account due.

    Run and items are one transaction: a run without its items would wait for ever.
    Planning twice adds nothing. After a finished run a new one takes what was left over.

    :raises BadMonth: if the month is malformed or has not ended at `as_of`
    """
    window = _ended(month, as_of)
    run = _unfinished(cycle, month) or _open(cycle, month, as_of, started_by)
    _add_items(run, window)
    return run


def due_accounts(cycle: BillingCycle, month: str, *, as_of: datetime) -> list[int]:
    """Return the accounts that a run of the month would take up, by key.

    :raises BadMonth: if the month is malformed or has not ended at `as_of`
    """
    return _accounts_due(cycle, month, _ended(month, as_of))


def _ended(month: str, as_of: datetime) -> Period:
    window = local_month(*month_of(month), utility().zone)
    if window.ends_at > as_of:
        raise BadMonth(f"{month} has not ended at {as_of.isoformat()}")
    return window


def _unfinished(cycle: BillingCycle, month: str) -> BillingRun | None:
    runs = BillingRun.objects.filter(cycle=cycle, month=month)
    return runs.exclude(state__in=BillingRun.FINISHED).first()


def _open(cycle: BillingCycle, month: str, as_of: datetime, started_by: str) -> BillingRun:
    sequence = BillingRun.objects.filter(cycle=cycle, month=month).count() + 1
    try:
        with transaction.atomic():
            return BillingRun.objects.create(
                cycle=cycle, month=month, sequence=sequence, as_of=as_of, started_by=started_by
            )
    except IntegrityError:  # another shell was faster: join its run
        run = _unfinished(cycle, month)
        return run or BillingRun.objects.get(cycle=cycle, month=month, sequence=sequence)


def _add_items(run: BillingRun, window: Period) -> None:
    run = BillingRun.objects.select_for_update().get(pk=run.pk)
    if run.state != BillingRun.State.PLANNED:
        return
    accounts = _accounts_due(run.cycle, run.month, window)
    numbers = range(0, len(accounts), CHUNK_SIZE)
    chunks = RunChunk.objects.bulk_create(
        RunChunk(
            run=run, phase=RunChunk.Phase.CALCULATE, number=n, state="pending", due_at=run.as_of
        )
        for n, _ in enumerate(numbers)
    )
    rows = [
        (run.pk, account, chunks[i // CHUNK_SIZE].pk, RunItem.State.PENDING, 0, "", "")
        for i, account in enumerate(accounts)
    ]
    columns = ("run_id", "account_id", "chunk_id", "state", "attempts", "error_code", "error")
    bulk.write(RunItem, columns, rows)
    BillingRun.objects.filter(pk=run.pk).update(state=BillingRun.State.RATING)


def _accounts_due(cycle: BillingCycle, month: str, window: Period) -> list[int]:
    agreements = CustomerAgreement.objects.filter(
        starts_at__lt=window.ends_at + ZONE_SPREAD,
    ).exclude(ends_at__lte=window.starts_at - ZONE_SPREAD)
    issued = Statement.objects.filter(
        run__cycle=cycle, run__month=month, state=Statement.State.ISSUED
    )
    billed = StatementCoverage.objects.filter(statement__in=issued, live=True)
    open_ones = agreements.exclude(pk__in=billed.values("agreement"))
    due = CustomerAccount.objects.filter(cycle_code=cycle.code, pk__in=open_ones.values("account"))
    return list(due.order_by("pk").values_list("pk", flat=True))
