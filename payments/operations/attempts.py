"""Begin to pay: check, reserve and freeze what the provider will be asked. Calls nobody."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import CustomerAccount, User
from accounts.operations import audit
from core import clock
from core.failpoints import hit
from ledger.queries import settlement
from payments import gateway as provider
from payments import queries
from payments.frozen import digest
from payments.models import LIVE, AttemptChange, Payment, PaymentAttempt
from payments.operations import moves
from payments.providers.stripe import checkout, limits
from payments.references import new_reference
from statements import entries as statement_entries
from statements.models import Statement

TIMES = 10  # most that is taken at once: so many times what is payable,
ADVANCE = 2000  # or so many times the provider's minimum, when that is more


class NotBegun(Exception):
    """The payment was not begun; nothing was written."""


class Offline(NotBegun):
    """Nobody can pay online: no provider is configured."""


class MethodOff(NotBegun):
    """This way of paying is not offered, or not in this currency."""


class BelowMinimum(NotBegun):
    """The provider takes no such small amount; it is carried forward to the next bill."""

    def __init__(self, minimum_minor: int) -> None:
        super().__init__(f"at least {minimum_minor}")
        self.minimum_minor = minimum_minor


class AboveLimit(NotBegun):
    """More than anybody would pay on purpose."""

    def __init__(self, limit_minor: int) -> None:
        super().__init__(f"at most {limit_minor}")
        self.limit_minor = limit_minor


class UnderWay(NotBegun):
    """Another attempt pays the same thing now."""

    def __init__(self, attempt: PaymentAttempt) -> None:
        super().__init__(attempt.reference)
        self.attempt = attempt


class NotPayable(NotBegun):
    """The bill is paid, cancelled, not issued, or another account's."""


class FormReused(NotBegun):
    """The form was sent before, by somebody else or with other values."""


def begin(
    account: CustomerAccount,
    *,
    statement: Statement | None,
    amount_minor: int,
    method: str,
    form_token: uuid.UUID,
    user: User | None,
    language: str,
    now: datetime,
) -> PaymentAttempt:
    """Begin to pay a bill, or without one the account's balance; minor units of its currency.

    More than is owed may be paid, also when nothing is: it becomes credit. The same form again
    returns the same attempt.

    :param form_token: of the page that was sent, so that a double click pays once
    :param now: the business moment
    :raises NotBegun: one of those above
    """
    if provider.gateway() is None:
        raise Offline
    if method not in settings.STRIPE_METHODS or not limits.means(method, account.currency):
        raise MethodOff(method)
    attempt = PaymentAttempt(
        account=account,
        statement=statement,
        amount_minor=amount_minor,
        currency=account.currency,
        method=method,
        form_token=form_token,
        started_by=user,
        language=language,
        environment=settings.STRIPE_ENVIRONMENT,
        created_at=now,
    )
    with transaction.atomic():
        begun = _begin(attempt)
        hit("pay.before_intent_commit", account=account.pk)
    return begun


def _begin(attempt: PaymentAttempt) -> PaymentAttempt:
    moves.lock_account(attempt.account)
    if before := _of_same_form(attempt):
        return before
    payable = _payable(attempt)
    _refuse_amount(attempt, payable)
    _freeze(attempt)
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:
        return _overtaken(attempt)
    AttemptChange.objects.create(
        attempt=attempt, to_state=attempt.state, cause="begun", changed_at=attempt.changed_at
    )
    detail = {"amount_minor": attempt.amount_minor, "reference": attempt.reference}
    audit(
        "payment.begin", attempt, actor=attempt.started_by, account=attempt.account, detail=detail
    )
    return attempt


SAME = ("account_id", "statement_id", "amount_minor", "method", "started_by_id")


def _of_same_form(attempt: PaymentAttempt) -> PaymentAttempt | None:
    before = PaymentAttempt.objects.filter(form_token=attempt.form_token).first()
    if before and any(getattr(before, name) != getattr(attempt, name) for name in SAME):
        raise FormReused(before.reference)
    return before


def _payable(attempt: PaymentAttempt) -> int:
    """Set the target of the attempt and return what is left to pay of it."""
    stands = queries.standing(attempt.account)
    if attempt.statement:
        attempt.target = f"stmt:{attempt.statement.pk}"
        _refuse_live(attempt)
        open_minor = open_of(attempt.account, attempt.statement)
        if not open_minor:
            raise NotPayable(str(attempt.statement))
        payable = min(open_minor, stands.payable)
    else:
        payable = stands.payable
        attempt.target = f"acct:{attempt.account.pk}" if payable else f"adv:{attempt.account.pk}"
        _refuse_live(attempt)
    if not payable and stands.reserved:
        raise UnderWay(_newest_live(attempt.account))
    return payable


def open_of(account: CustomerAccount, statement: Statement) -> int:
    """Return what is open of an account's issued bill, in minor units; of any other, nothing."""
    issued = Statement.objects.filter(
        pk=statement.pk, account=account, state=Statement.State.ISSUED
    )
    if not issued.exists():
        return 0
    key = statement_entries.issue_key(statement.pk)
    settled = settlement([key]).get(key)
    return settled.open if settled else 0


def _refuse_live(attempt: PaymentAttempt) -> None:
    if live := _live(attempt):
        raise UnderWay(live)


def _live(attempt: PaymentAttempt) -> PaymentAttempt | None:
    return PaymentAttempt.objects.filter(target=attempt.target, state__in=LIVE).first()


def _newest_live(account: CustomerAccount) -> PaymentAttempt:
    live = PaymentAttempt.objects.filter(account=account, state__in=LIVE)
    return live.order_by("-pk")[0]


def _refuse_amount(attempt: PaymentAttempt, payable: int) -> None:
    least = limits.minimum(attempt.currency)
    if attempt.amount_minor < least:
        raise BelowMinimum(least)
    most = most_at_once(payable, attempt.currency)
    if attempt.amount_minor > most:
        raise AboveLimit(most)


def most_at_once(payable: int, currency: str) -> int:
    """Return the largest payment that is taken when so much is payable; minor units."""
    sane = max(TIMES * payable, ADVANCE * limits.minimum(currency))
    return min(sane, limits.MOST)


def _freeze(attempt: PaymentAttempt) -> None:
    """Give the attempt its reference, its key and the parameters that never change again."""
    attempt.reference = _free_reference()
    attempt.idempotency_key = f"{attempt.environment}:{attempt.uid}:session:1"
    attempt.changed_at = clock.real_now()
    attempt.due_at = attempt.changed_at + timedelta(seconds=settings.JANITOR_FIRST_SECONDS)
    attempt.parameters = checkout.session_parameters(
        attempt,
        result_url=f"{settings.SITE_URL.rstrip('/')}/pay/{attempt.reference}/",
        email=_email_of_payer(attempt),
        expires_at=attempt.changed_at + timedelta(minutes=settings.STRIPE_SESSION_MINUTES),
    )
    attempt.parameters_digest = digest(attempt.parameters)


def _email_of_payer(attempt: PaymentAttempt) -> str:
    if attempt.started_by:
        return attempt.started_by.email
    return attempt.account.customer.email


def _free_reference() -> str:
    while True:
        reference = new_reference()
        taken = PaymentAttempt.objects.filter(reference=reference).exists()
        if not taken and not Payment.objects.filter(reference=reference).exists():
            return reference


def _overtaken(attempt: PaymentAttempt) -> PaymentAttempt:
    """Return or name the attempt that was written in the same moment."""
    if before := _of_same_form(attempt):
        return before
    live = _live(attempt)
    if live is None:
        raise NotPayable(f"{attempt.target} was paid in this moment")
    raise UnderWay(live)
