"""The reminder of a bill that is not paid."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import mail_addresses
from core import formats
from notifications.operations import Draft
from statements.models import Statement

OVERDUE = "statement.overdue"


def statement_overdue(statement: Statement, open_minor: int, people: Sequence[User]) -> Draft:
    """Return the reminder of a bill that is not paid, with what is open, in minor units."""
    with translation.override(statement.language):
        subject = _("Bill %(number)s is overdue") % {"number": statement.number}
        due = formats.day(statement.due_date) if statement.due_date else ""
        owed = {"amount": formats.money(open_minor, statement.currency), "date": due}
        body = "\n\n".join(
            (
                _("%(amount)s of it is still open; it was due on %(date)s.") % owed,
                _("Please pay it now. If you have just paid, you need do nothing."),
                _("If you cannot pay at once, talk to us: we can help."),
            )
        )
    return Draft(
        account_id=statement.account_id,
        kind=OVERDUE,
        key=f"{OVERDUE}:{statement.pk}",
        subject=subject,
        body=body,
        language=statement.language,
        link=f"/bills/by-id/{statement.pk}/",
        addresses=mail_addresses(people, statement.account.customer.email),
    )
