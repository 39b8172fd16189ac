"""A run that waits for its second person asks for them, in the name of who started it.

A run that the timetable or a command started has nobody to ask in the name of: it waits without
a request, and anybody who decides about runs may approve it.
"""

from __future__ import annotations

import hashlib

from django.db.models import Count, Max, QuerySet, Sum

from accounts.models import User
from accounts.operations import approvals
from core import clock
from statements.models import BillingRun, Statement

KIND = "billing_run.approve"


def keep_request(run: BillingRun) -> None:
    """Ask for the approval of a run that waits for one, anew when its bills have changed.

    The request of a run that does not wait any more is taken back. The caller holds the run's
    lock.
    """
    if run.state != BillingRun.State.AWAITING_APPROVAL:
        _take_back(run)
    elif (starter := _starter(run)) and _is_new(run):
        _ask(run, starter)


def _starter(run: BillingRun) -> User | None:
    return User.objects.filter(email=run.started_by, is_active=True).first()


def fingerprint(run: BillingRun) -> str:
    """Return what tells whether the bills that wait are still those that were asked about."""
    said = _waiting(run).aggregate(Count("pk"), Max("pk"), Sum("total_minor"))
    return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()


def _is_new(run: BillingRun) -> bool:
    waiting = approvals.pending_for(KIND, run)
    return waiting is None or waiting.fingerprint != fingerprint(run)


def _ask(run: BillingRun, starter: User) -> None:
    sums = dict(_waiting(run).values_list("currency").annotate(Sum("total_minor")).order_by())
    currency, amount = next(iter(sums.items())) if len(sums) == 1 else ("", None)
    approvals.ask(
        KIND,
        run,
        requested_by=starter,
        reason=f"{run.cycle} {run}",
        amount_minor=amount,
        currency=currency,
        after={"month": run.month, "bills": _waiting(run).count(), "sums": sums},
        fingerprint=fingerprint(run),
        real_now=clock.real_now(),
    )


def _take_back(run: BillingRun) -> None:
    waiting = approvals.pending_for(KIND, run)
    if waiting:
        approvals.lapse(waiting, real_now=clock.real_now())


def _waiting(run: BillingRun) -> QuerySet[Statement]:
    return Statement.objects.filter(run=run, state=Statement.State.CALCULATED)
