"""Send approved refunds to the provider; asking twice with one key refunds once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core import clock
from core.failpoints import hit
from core.jobs import claim, settle, worker_name
from payments import gateway as provider
from payments.entries import refunds as entries
from payments.frozen import digest
from payments.gateway import Absent, PaymentGateway, RefundView, Refused, Unanswered
from payments.models import Refund
from payments.operations.receipts import lock_receipt
from payments.operations.refunds.applying import apply_refund
from payments.operations.refunds.booking import book_failure

State = Refund.State
SENT = (State.SUBMITTING, State.UNKNOWN)  # and no answer yet
BATCH = 20
LEASE = timedelta(minutes=5)
RETRY = timedelta(hours=1)  # of what cannot be sent as it is

logger = logging.getLogger(__name__)


class ProviderMissing(Exception):
    """No payment provider is configured, so nothing can be refunded."""


class NotSendable(Exception):
    """The refund is not approved, or its outcome is known already."""


class ParametersChanged(Exception):
    """What would be asked is not what was approved: a bug, or somebody at the database."""


def submit_due(*, now: datetime) -> int:
    """Send the approved refunds that are due and return how many; other workers pass them over."""
    if provider.gateway() is None:
        return 0
    owner = worker_name()
    due = Refund.objects.filter(state=State.APPROVED, due_at__lte=clock.real_now())
    refunds = claim(due.order_by("due_at", "pk"), owner=owner, limit=BATCH, lease=LEASE)
    for refund in refunds:
        try:
            submit_refund(refund, now=now)
        except (NotSendable, ParametersChanged) as error:  # the others go on
            logger.error("refund.not_sent", extra={"refund": str(refund.uid)}, exc_info=True)
            settle(refund, owner=owner, due_at=clock.real_now() + RETRY, error=repr(error))
        else:
            settle(refund, owner=owner)
    return len(refunds)


def submit_refund(refund: Refund, *, now: datetime) -> Refund:
    """Ask the provider for an approved refund, and book its answer.

    Call it with no transaction open, and again with the same row when the answer was lost: the
    key is the same, so the payer gets the money once. Without an answer the refund is `unknown`.

    :raises NotSendable: if it is not approved, or its outcome is known
    :raises ParametersChanged: if its frozen parameters were changed
    :raises ProviderMissing: if no provider is configured
    """
    driver = provider.gateway()
    if driver is None:
        raise ProviderMissing
    if digest(refund.parameters) != refund.parameters_digest:
        raise ParametersChanged(str(refund.uid))
    is_again = _mark(refund)
    try:
        _send(driver, refund, now, is_again=is_again)
    except Unanswered as error:
        _set_aside(refund, str(error))
    refund.refresh_from_db()
    return refund


@transaction.atomic(durable=True)
def _mark(refund: Refund) -> bool:
    """Commit that the call begins, and say whether it had begun before.

    `changed_at` and the steps of the janitor count from the first time.
    """
    now = clock.real_now()
    first = {"changed_at": now, "due_at": now + _first_look(), "looks": 0}
    unsent = Refund.objects.filter(pk=refund.pk, provider_id=None)
    if unsent.filter(state=State.APPROVED).update(state=State.SUBMITTING, **first):
        return False
    if unsent.filter(state__in=SENT).update(state=State.SUBMITTING):
        return True
    raise NotSendable(f"refund {refund.uid} is not waiting to be sent")


def _send(driver: PaymentGateway, refund: Refund, now: datetime, *, is_again: bool) -> None:
    """Ask for the refund, unless an earlier try, whose answer was lost, is there already.

    The provider forgets a key after a day; what exists there it does not forget.
    """
    view = _there(driver, refund) if is_again else None
    try:
        view = view or driver.create_refund(refund.parameters, key=refund.idempotency_key)
    except Refused as refusal:
        view = _there(driver, refund)
        if view is None:
            _fail(refund, refusal, now)
            return
    hit("refund.after_provider", refund=refund.pk)
    apply_refund(view, now=now, cause="submit")


def _there(driver: PaymentGateway, refund: Refund) -> RefundView | None:
    made = driver.refunds_of(refund.parameters["payment_intent"])
    return next((v for v in made if v.metadata.get("refund") == str(refund.uid)), None)


def give_up(refund: Refund, *, now: datetime) -> None:
    """Book that the provider never made a refund: it was searched for and is not there."""
    _fail(refund, Absent("the provider knows no such refund", "absent"), now)


@transaction.atomic
def _fail(refund: Refund, refusal: Refused, now: datetime) -> None:
    lock_receipt(refund.parameters["payment_intent"])
    row = Refund.objects.select_for_update().get(pk=refund.pk)
    if row.state not in SENT:  # news of it came meanwhile
        return
    row.failure_code = (refusal.code or "refused")[:60]
    book_failure(row, entries.refused_key(row.pk), now, was_sent=False)
    row.failures += 1
    row.state = State.FAILED
    row.changed_at, row.due_at, row.error = clock.real_now(), None, str(refusal)
    row.save(update_fields=["failure_code", "failures", "state", "changed_at", "due_at", "error"])
    logger.warning("refund.refused", extra={"refund": str(row.uid), "code": row.failure_code})


def _set_aside(refund: Refund, error: str) -> None:
    """Leave it to the janitor, by its steps."""
    sent = Refund.objects.filter(pk=refund.pk, state=State.SUBMITTING)
    sent.update(state=State.UNKNOWN, error=error)
    logger.warning("refund.unknown", extra={"refund": str(refund.uid), "error": error})


def _first_look() -> timedelta:
    return timedelta(seconds=settings.JANITOR_FIRST_SECONDS)
