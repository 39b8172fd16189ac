"""Whose is an object of the provider? Its metadata says it, else the ids that we know."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import CustomerAccount
from core import clock
from payments.frozen import digest
from payments.gateway import IntentView, SessionView
from payments.models import AttemptChange, Method, PaymentAttempt
from payments.states import State
from statements.models import Statement

RESTORED = {"restored": True}  # what we had asked is lost; the provider's object is what is left


def of_session(view: SessionView) -> PaymentAttempt | None:
    """Return the attempt of a hosted page, or None."""
    return _by_uid(view.metadata) or _first(session_id=view.id)


def of_intent(view: IntentView) -> PaymentAttempt | None:
    """Return the attempt of a payment at the provider, or None."""
    return _by_uid(view.metadata) or _first(intent_id=view.id)


def is_foreign(metadata: Mapping[str, str]) -> bool:
    """Say whether another installation that shares the provider's account made the object."""
    environment = metadata.get("environment", "")
    return bool(environment) and environment != settings.STRIPE_ENVIRONMENT


def account_of(metadata: Mapping[str, str]) -> CustomerAccount | None:
    number = metadata.get("account", "")
    return CustomerAccount.objects.filter(number=number).first() if number else None


def restore(view: IntentView, account: CustomerAccount, state: State) -> PaymentAttempt | None:
    """Write an attempt again that a restored backup does not know, or return None.

    It begins its history anew in the given state; what it cannot carry, as a reference that is
    taken, leaves the money without an attempt.
    """
    uid = _uid(view.metadata)
    reference = view.metadata.get("reference", "")
    if uid is None or not reference or len(reference) > 16:
        return None
    attempt = _lost(view, account, uid, reference, state)
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:
        return None
    AttemptChange.objects.create(
        attempt=attempt, to_state=state, cause="restored", changed_at=attempt.changed_at
    )
    return attempt


def _lost(
    view: IntentView, account: CustomerAccount, uid: uuid.UUID, reference: str, state: State
) -> PaymentAttempt:
    statement = _statement(view.metadata, account)
    return PaymentAttempt(
        uid=uid,
        reference=reference,
        form_token=uuid.uuid4(),
        account=account,
        statement=statement,
        target=f"stmt:{statement.pk}" if statement else f"acct:{account.pk}",
        amount_minor=view.amount,
        currency=view.currency,
        method=view.charge.method if view.charge else Method.CARD,
        environment=settings.STRIPE_ENVIRONMENT,
        language=account.customer.language,
        created_at=view.created_at,
        idempotency_key=f"{settings.STRIPE_ENVIRONMENT}:{uid}:session:1",
        parameters=RESTORED,
        parameters_digest=digest(RESTORED),
        state=state,
        changed_at=clock.real_now(),
        due_at=clock.real_now(),
        intent_id=view.id,
        received_minor=view.amount_received if state == State.SUCCEEDED else None,
    )


def _statement(metadata: Mapping[str, str], account: CustomerAccount) -> Statement | None:
    key = metadata.get("statement", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Statement.objects.visible().filter(pk=int(key), account=account).first()


def _by_uid(metadata: Mapping[str, str]) -> PaymentAttempt | None:
    uid = _uid(metadata)
    return _first(uid=uid) if uid else None


def _uid(metadata: Mapping[str, str]) -> uuid.UUID | None:
    try:
        return uuid.UUID(metadata.get("attempt", ""))
    except ValueError:
        return None


def _first(**values: object) -> PaymentAttempt | None:
    return PaymentAttempt.objects.select_related("account").filter(**values).first()
