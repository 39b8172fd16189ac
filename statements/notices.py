"""What the customer is told about a statement, in plain words and their own language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from babel import Locale
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import mail_addresses
from core import formats
from core.periods import local_date
from notifications.operations import Draft
from statements.models import Adjustment, Statement


def statement_issued(statement: Statement, people: Sequence[User], *, customer_email: str) -> Draft:
    """Return the notice of a new bill: how much, until when, and where to read it.

    :param customer_email: the address to use when there are no people
    """
    with translation.override(statement.language):
        first_day = local_date(statement.starts_at, statement.zone)
        month = _month(first_day, formats.current_locale())
        subject = _("Your bill for %(month)s is ready") % {"month": month}
        body = f"{_owed(statement)}\n\n{_('You can read every line of it online.')}"
    return _draft(statement, "statement.issued", subject, body, people, customer_email)


def statement_again(
    statement: Statement, people: Sequence[User], open_minor: int, *, token: UUID
) -> Draft:
    """Return the notice of a bill that is sent again: what is left of it, and until when.

    :param token: of the form by which it was asked for; the same one tells it once
    """
    with translation.override(statement.language):
        words = {
            "number": statement.number,
            "amount": formats.money(open_minor, statement.currency),
            "date": formats.day(statement.due_date) if statement.due_date else "",
        }
        subject = _("Your bill %(number)s, sent again") % words
        body = _("%(amount)s of bill %(number)s is left to pay. Its due date is %(date)s.") % words
        body += f"\n\n{_('If you have paid in the meantime, thank you: nothing else is needed.')}"
        body += f"\n\n{_('You can read every line of it online.')}"
    email, kind = statement.account.customer.email, "statement.issued"
    draft = _draft(statement, kind, subject, body, people, email)
    return replace(draft, key=f"{draft.key}:again:{token}")


def statement_cancelled(statement: Statement, people: Sequence[User]) -> Draft:
    """Return the notice that a bill was taken back."""
    with translation.override(statement.language):
        words = {"number": statement.number}
        subject = _("Bill %(number)s has been cancelled") % words
        body = _("You need not pay it. What you have paid for it stays yours as credit.")
    email = statement.account.customer.email
    return _draft(statement, "statement.cancelled", subject, body, people, email)


def bill_adjusted(adjustment: Adjustment, people: Sequence[User], *, due_on: date | None) -> Draft:
    """Return the notice of a credit or charge beside a bill: how much, why, and until when."""
    statement = adjustment.statement
    with translation.override(statement.language):
        words = {
            "number": statement.number,
            "amount": formats.money(abs(adjustment.amount_minor), adjustment.currency),
            "reason": adjustment.get_reason_code_display(),
            "date": _date(due_on, formats.current_locale()) if due_on else "",
        }
        if adjustment.amount_minor < 0:
            subject = _("%(amount)s credited to bill %(number)s") % words
            body = _("We credited %(amount)s to your bill %(number)s. Reason: %(reason)s.") % words
        else:
            subject = _("%(amount)s charged to bill %(number)s") % words
            body = (
                _(
                    "We charged %(amount)s in addition to your bill %(number)s. "
                    "Reason: %(reason)s. Please pay it by %(date)s."
                )
                % words
            )
        stays = _("The bill itself stays as it was; the change stands below it.")
    parts = [body, adjustment.customer_text, stays]
    email = statement.account.customer.email
    body = "\n\n".join(part for part in parts if part)
    kind, about = "statement.adjusted", adjustment.pk
    return _draft(statement, kind, subject, body, people, email, about=about)


def _owed(statement: Statement) -> str:
    due = statement.amount_due_minor or 0
    amount = formats.money(abs(due), statement.currency)
    if due < 0:
        return _("You have %(amount)s in credit. There is nothing to pay.") % {"amount": amount}
    if due == 0 or statement.due_date is None:
        return _("There is nothing to pay.")
    words = {"amount": amount, "date": _date(statement.due_date, formats.current_locale())}
    return _("Please pay %(amount)s by %(date)s.") % words


@lru_cache(maxsize=64)  # the same for all bills of a run
def _month(day: date, locale: Locale) -> str:
    return formats.month(day, locale=locale)


@lru_cache(maxsize=64)
def _date(day: date, locale: Locale) -> str:
    return formats.day(day, locale=locale)


def _draft(
    statement: Statement,
    kind: str,
    subject: str,
    body: str,
    people: Sequence[User],
    fallback: str,
    *,
    about: int | None = None,
) -> Draft:
    """Return a notice that leads to the statement; `about` names what it is told of, else that."""
    return Draft(
        account_id=statement.account_id,
        kind=kind,
        key=f"{kind}:{about or statement.pk}",
        subject=subject,
        body=body,
        language=statement.language,
        link=f"/bills/by-id/{statement.pk}/",
        addresses=mail_addresses(people, fallback),
    )
