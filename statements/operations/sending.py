"""Tell customers once more of bills that are not paid: a notice and its mails, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from accounts.queries import people_to_tell
from core import clock
from ledger.queries import settlement
from notifications.operations import announce
from statements import entries, notices
from statements.models import Statement


@dataclass(frozen=True)
class Reminder:
    """One bill that somebody wants sent again; `why_not` says why it is not, or is empty."""

    statement: Statement
    open_minor: int
    people: Sequence[User]
    why_not: str


def reminders(statements: Sequence[Statement]) -> list[Reminder]:
    """Return what would become of bills, in two queries; they come with account and customer."""
    settled = settlement([entries.issue_key(statement.pk) for statement in statements])
    told = people_to_tell({s.account_id for s in statements}, clock.real_now())
    found = []
    for statement in statements:
        stands = settled.get(entries.issue_key(statement.pk))
        left = stands.open if stands and statement.state == Statement.State.ISSUED else 0
        people = told[statement.account_id]
        found.append(Reminder(statement, left, people, _why_not(statement, left, people)))
    return found


@transaction.atomic
def send_again(
    statements: Sequence[Statement], *, token: UUID, actor: User, now: datetime
) -> list[Reminder]:
    """Send those that can be sent, and return what became of each.

    :param token: of the form; the same one tells each customer once
    """
    found = reminders(statements)
    sent = [each for each in found if not each.why_not]
    announce(
        [notices.statement_again(r.statement, r.people, r.open_minor, token=token) for r in sent],
        now=now,
    )
    for each in sent:
        account = each.statement.account
        audit("statement.send_again", each.statement, actor=actor, account=account)
    return found


def _why_not(statement: Statement, open_minor: int, people: Sequence[User]) -> str:
    if statement.state != Statement.State.ISSUED:
        return _("It was cancelled.")
    if not open_minor:
        return _("Nothing of it is left to pay.")
    if not people and not statement.account.customer.email:
        return _("Nobody has a login for this account, and there is no e-mail address.")
    return ""
