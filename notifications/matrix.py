"""The table of events as a person sees it: what is told how, and what of it they may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts import access
from accounts.models import Customer, User
from accounts.staff import role_names
from notifications import choices
from notifications.events import DUE_SOON, Event, offered


@dataclass(frozen=True, slots=True)
class Row:
    """One event and whether this person is mailed."""

    event: Event
    is_on: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """All that a person may look at and choose."""

    rows: list[Row]
    days: tuple[int, ...]  # before the due date; empty for who has no bills
    customers: list[Customer]  # whose notices' language the person may choose

    def row(self, event: str) -> Row | None:
        return next((row for row in self.rows if row.event.key == event), None)

    @property
    def switchable(self) -> list[str]:
        return [row.event.key for row in self.rows if not row.event.is_locked]


def matrix_of(user: User, *, now: datetime) -> Matrix:
    """Return the table for one person; who has no account sees only what is told to them."""
    has_accounts = access.accounts_for(user, now).exists()
    chosen = choices.email_choices(user)
    rows = [
        Row(event, chosen[event.key])
        for event in offered(has_accounts=has_accounts, roles=role_names(user))
    ]
    is_reminded = any(DUE_SOON in row.event.kinds for row in rows)
    return Matrix(
        rows,
        choices.reminder_days([user.pk])[user.pk] if is_reminded else (),
        list(access.customers_for(user, now)) if has_accounts else [],
    )
