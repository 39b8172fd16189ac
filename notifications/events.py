"""Of what we tell people, in one table: which class it is of, and which ways may be switched.

The inbox keeps everything. Mails of a locked event go out whatever somebody chose or wrote into
the table of choices: `operations.announce` asks this table first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffRole

DUE_SOON = "statement.due_soon"
REMINDER_DAYS = range(1, 15)  # before the due date
USUAL_DAYS = (7, 1)  # for who chose none


class Law(Enum):
    """Why an event is told at all."""

    LEGAL = "L"  # by law or for safety
    SERVICE = "S"  # about the contract
    OPTIONAL = "O"  # as one likes


class Mail(Enum):
    """Whether an event is mailed, and who decides."""

    ALWAYS = "always"
    USUALLY = "usually"  # until switched off
    ON_REQUEST = "on request"  # once switched on


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the table; `kinds` are those of its notices."""

    key: str
    word: str | Promise
    about: str | Promise
    law: Law
    mail: Mail
    kinds: tuple[str, ...] = ()  # without one, it is never in the inbox
    why: str | Promise = ""  # a mail of it cannot be switched off
    roles: tuple[StaffRole, ...] = ()  # told to staff with one of these roles alone

    @property
    def is_locked(self) -> bool:
        return self.law is Law.LEGAL or self.mail is Mail.ALWAYS

    @property
    def in_inbox(self) -> bool:
        return bool(self.kinds)

    @property
    def is_usual(self) -> bool:
        """Tell whether it is mailed to who chose nothing."""
        return self.is_locked or self.mail is Mail.USUALLY


BY_LAW = _("The law requires this.")

EVENTS = (
    Event(
        "bill_ready",
        _("Bill ready"),
        _("How much a new bill is, and until when to pay it."),
        Law.SERVICE,
        Mail.ALWAYS,
        ("statement.issued",),
        _("We must send you your bills."),
    ),
    Event(
        "bill_changed",
        _("Bill corrected or cancelled"),
        _("A bill was cancelled, or something was credited or charged beside it."),
        Law.LEGAL,
        Mail.ALWAYS,
        ("statement.cancelled", "statement.adjusted"),
        BY_LAW,
    ),
    Event(
        "bill_due",
        _("Bill due soon"),
        _("A bill is open and its due date is near."),
        Law.SERVICE,
        Mail.USUALLY,
        (DUE_SOON,),
    ),
    Event(
        "bill_overdue",
        _("Bill overdue"),
        _("The due date has passed and money is open."),
        Law.SERVICE,
        Mail.ALWAYS,
        ("statement.overdue",),
        _("Without it you could run into costs unawares."),
    ),
    Event(
        "late_fee",
        _("Late fee"),
        _("A late fee was added, or taken back."),
        Law.LEGAL,
        Mail.ALWAYS,
        ("late_fee.charged", "late_fee.waived"),
        BY_LAW,
    ),
    Event(
        "payment_received",
        _("Payment received"),
        _("Your money has come, with the receipt."),
        Law.SERVICE,
        Mail.USUALLY,
        ("payment.received",),
    ),
    Event(
        "payment_failed",
        _("Payment failed or taken back"),
        _("A payment did not succeed, or your bank took one back."),
        Law.SERVICE,
        Mail.ALWAYS,
        ("payment.failed", "chargeback.lost"),
        _("Without it you would think that a bill is paid."),
    ),
    Event(
        "refund",
        _("Refund"),
        _("We sent money back to you, or it did not arrive."),
        Law.SERVICE,
        Mail.ALWAYS,
        ("refund.sent", "refund.failed"),
        _("It is about your money."),
    ),
    Event(
        "plan",
        _("Your plan"),
        _("Your plan changes, or we could not give you the one you asked for."),
        Law.SERVICE,
        Mail.ALWAYS,
        ("plan.switched", "plan.not_switched"),
        _("It is about your contract."),
    ),
    Event(
        "access",
        _("Your data and who sees it"),
        _("Your contact data changed, or who sees your account."),
        Law.LEGAL,
        Mail.ALWAYS,
        ("contact.changed", "delegate.invited", "delegate.removed", "delegate.ends"),
        _("It protects your account. The law requires this."),
    ),
    Event(
        "looked",
        _("An employee looks at your data"),
        _("Somebody of us opens your data to help you."),
        Law.SERVICE,
        Mail.ON_REQUEST,
        ("help.opened",),
    ),
    Event(
        "message",
        _("Message from our customer service"),
        _("Somebody who helps you writes to you."),
        Law.SERVICE,
        Mail.ALWAYS,
        ("help.message",),
        _("It is a letter to you in person."),
    ),
    Event(
        "sign_in",
        _("Signing in"),
        _("Codes, and news when your password or another way of signing in changes."),
        Law.LEGAL,
        Mail.ALWAYS,
        why=_("It protects your login. The law requires this."),
    ),
    Event(
        "emergency_help",
        _("Emergency help session"),
        _("Somebody opened a customer's data in an emergency."),
        Law.LEGAL,
        Mail.ALWAYS,
        why=_("Administrators must know of it at once."),
        roles=(StaffRole.ADMINISTRATOR,),
    ),
    Event(
        "prices_end",
        _("Prices and plans that end"),
        _("A plan, or a tariff that a plan uses, ends soon or has ended."),
        Law.SERVICE,
        Mail.USUALLY,
        ("prices.ending", "prices.expired"),
        roles=(StaffRole.BILLING_MANAGER, StaffRole.ADMINISTRATOR),
    ),
)

BY_KEY = {event.key: event for event in EVENTS}
BY_KIND = {kind: event for event in EVENTS for kind in event.kinds}


def word_of(kind: str) -> str:
    """Return the type of a notice in words."""
    event = BY_KIND.get(kind)
    return str(event.word if event else _("Message"))


def offered(*, has_accounts: bool, roles: Iterable[str] = ()) -> Iterator[Event]:
    """Yield the events that a person is told of: about accounts, about their login and work."""
    held = set(roles)
    for event in EVENTS:
        if event.roles:
            if not {role.value for role in event.roles}.isdisjoint(held):
                yield event
        elif has_accounts or not event.in_inbox:
            yield event
