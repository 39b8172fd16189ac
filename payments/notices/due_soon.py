"""The reminder of a bill that is open and will be due soon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.queries import mail_addresses
from core import formats
from notifications.events import DUE_SOON
from notifications.operations import Draft
from statements.models import Statement


def due_soon_key(statement: Statement, days_before: int) -> str:
    """Return the key of the reminder so many days before the due date of a bill."""
    return f"{DUE_SOON}:{statement.pk}:{days_before}"


def statement_due_soon(
    statement: Statement,
    open_minor: int,
    people: Sequence[User],
    *,
    days_before: int,
    today: date,
    customer_email: str,
) -> Draft:
    """Return the reminder of an open bill; it names the date, and counts the days from today.

    :param open_minor: what is open of it, in minor units
    :param days_before: of which reminder this is; it may come a day late
    :param customer_email: the address to use when there are no people
    """
    due = statement.due_date or today
    left = (due - today).days
    with translation.override(statement.language):
        named = {
            "number": statement.number,
            "amount": formats.money(open_minor, statement.currency),
            "date": formats.day(due),
            "days": formats.number(left),
        }
        subject = (
            ngettext(
                "Bill %(number)s is due in %(days)s day",
                "Bill %(number)s is due in %(days)s days",
                left,
            )
            % named
        )
        body = "\n\n".join(
            (
                _("%(amount)s of it is open. Please pay it by %(date)s.") % named,
                _("If you have just paid, you need do nothing."),
                _("If you cannot pay by then, talk to us: we can help."),
            )
        )
    return Draft(
        account_id=statement.account_id,
        kind=DUE_SOON,
        key=due_soon_key(statement, days_before),
        subject=subject,
        body=body,
        language=statement.language,
        link=f"/bills/by-id/{statement.pk}/",
        addresses=mail_addresses(people, customer_email),
    )
