"""The months that were billed: the real run for each, and the payments over the counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from accounts.models import CustomerAccount
from accounts.numbers import from_serial
from billing_site.demo.seed.story import Home
from billing_site.demo.seed.times import BILLED_MONTHS, Calendar, month_text
from payments.operations import record_counter_payment
from statements.models import BillingCycle, BillingRun, Statement
from statements.operations import work
from statements.operations.plan import plan

DAYS_TO_PAY = 3, 19  # after issue: everybody who pays, pays in time


def bill(homes: Sequence[Home], *, calendar: Calendar, seed: int) -> None:
    """Close every month but the open one, and take what most people then pay."""
    cycle = BillingCycle.objects.get(code="monthly")
    unpaid = {from_serial(serial): home.unpaid for serial, home in enumerate(homes, 1)}
    random = np.random.default_rng((seed, 9))
    for place, month in enumerate(calendar.billed()):
        _close(cycle, month, calendar)
        _pay(month, unpaid, left=BILLED_MONTHS - place, random=random)


def _close(cycle: BillingCycle, month: date, calendar: Calendar) -> None:
    if BillingRun.objects.filter(month=month_text(month), state__in=BillingRun.FINISHED).exists():
        return
    issued_at = calendar.issued_at(month)
    run = plan(cycle, month_text(month), as_of=issued_at, started_by="system")
    while work.advance(run.pk) not in BillingRun.FINISHED:
        work.step(run)


def _pay(month: date, unpaid: Mapping[str, int], *, left: int, random: np.random.Generator) -> None:
    """Pay the bills of a month; those among an account's newest that it leaves open stay so."""
    issued = Statement.objects.visible().filter(run__month=month_text(month))
    for statement in issued.select_related("account").order_by("account__number"):
        days = int(random.integers(*DAYS_TO_PAY))
        if left <= unpaid.get(statement.account.number, 0):
            continue
        _pay_one(statement, statement.account, month, days)


def _pay_one(statement: Statement, account: CustomerAccount, month: date, days: int) -> None:
    if not (statement.amount_due_minor or 0) > 0 or statement.issue_date is None:
        return
    record_counter_payment(
        account,
        amount_minor=statement.amount_due_minor or 0,
        reference=f"R{month:%y%m}-{account.number}",
        received_on=statement.issue_date + timedelta(days=days),
        actor=None,
    )
