"""What on the start wants an act of the customer, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import CustomerAccount
from core import formats
from meters.queries import Place
from payments import words
from payments.models import PaymentAttempt
from reports.start.money import UNFINISHED, Money
from statements.presentation.bills import BillRow


@dataclass(frozen=True)
class Alert:
    """One thing to look at: a kind of note, what is the matter, and where to act on it."""

    kind: str  # error or warning
    words: str
    link: str = ""
    act: str = ""


def alerts(
    account: CustomerAccount,
    money: Money,
    *,
    places: Sequence[Place],
    newest: BillRow | None,
) -> list[Alert]:
    """Return the alerts of an account from what was read of it already; no query.

    That something is overdue, or in credit, stands with the balance itself.
    """
    return [
        *_disconnected(account, places),
        *_failed(money),
        *_unfinished(money.under_way),
        *_estimated(newest),
    ]


def _disconnected(account: CustomerAccount, places: Sequence[Place]) -> Iterator[Alert]:
    if any(place.is_disconnected for place in places):
        link = reverse("reports:service", args=[account.number])
        yield Alert("error", _("A service of yours is switched off."), link, _("What you can do"))


def _failed(money: Money) -> Iterator[Alert]:
    attempt = money.failed
    if attempt is None or not money.owed_minor:
        return
    told = {
        "amount": formats.money(attempt.amount_minor, attempt.currency),
        "why": words.failure(attempt.failure_code),
    }
    text = _("Your payment of %(amount)s failed, and nothing was charged. %(why)s") % told
    link = reverse("payments:result", args=[attempt.reference])
    yield Alert("error", text, link, _("Look at this payment"))


def _unfinished(attempts: Iterable[PaymentAttempt]) -> Iterator[Alert]:
    for attempt in attempts:
        if attempt.state in UNFINISHED:
            told = {"amount": formats.money(attempt.amount_minor, attempt.currency)}
            text = _("You began to pay %(amount)s and have not finished.") % told
            link = reverse("payments:result", args=[attempt.reference])
            yield Alert("warning", text, link, _("Finish or cancel it"))


def _estimated(newest: BillRow | None) -> Iterator[Alert]:
    if newest is None or not newest.statement.is_estimated:
        return
    number = newest.statement.number or ""
    text = _(
        "Your latest bill is partly estimated, because readings were missing. If it looks wrong, "
        "tell us what your meter shows."
    )
    link = reverse("statements:detail", args=[number])
    yield Alert("warning", text, link, _("See what was estimated"))
