"""How a bill stands: paid, open or taken back, in money and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from statements.models import Statement


class Kind(StrEnum):
    """What has become of a bill."""

    TO_PAY = "to_pay"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    NOTHING = "nothing"
    CREDIT = "credit"
    TAKEN_BACK = "taken_back"


TAGS = {
    Kind.TO_PAY: "wait",
    Kind.PART_PAID: "wait",
    Kind.OVERDUE: "warn",
    Kind.PAID: "good",
    Kind.NOTHING: "good",
    Kind.CREDIT: "good",
    Kind.TAKEN_BACK: "off",
}
FILTERS = {
    "open": (gettext_lazy("Not fully paid"), (Kind.TO_PAY, Kind.PART_PAID, Kind.OVERDUE)),
    "overdue": (gettext_lazy("Overdue"), (Kind.OVERDUE,)),
    "paid": (gettext_lazy("Paid, or nothing to pay"), (Kind.PAID, Kind.NOTHING, Kind.CREDIT)),
    "cancelled": (gettext_lazy("Cancelled or corrected"), (Kind.TAKEN_BACK,)),
}


class Owing(Protocol):
    """What of a bill decides how it stands."""

    @property
    def state(self) -> str: ...
    @property
    def total_minor(self) -> int: ...
    @property
    def due_date(self) -> date | None: ...
    @property
    def left_minor(self) -> int | None: ...


@dataclass(frozen=True)
class Standing:
    """How a bill stands; amounts in minor units."""

    kind: Kind
    words: str
    open_minor: int = 0
    paid_minor: int = 0

    @property
    def tag(self) -> str:
        """Return the kind of the tag component."""
        return TAGS[self.kind]


def standing(bill: Owing, *, today: date) -> Standing:
    """Return how a bill stands by what the books leave open of it."""
    if bill.state != Statement.State.ISSUED:
        return Standing(Kind.TAKEN_BACK, str(Statement.State(bill.state).label))
    left = bill.left_minor or 0
    kind = _kind(bill, left, today)
    return Standing(kind, _words(kind), left, max(bill.total_minor, 0) - left)


def _kind(bill: Owing, left: int, today: date) -> Kind:
    if bill.total_minor < 0:
        return Kind.CREDIT
    if not left:
        return Kind.PAID if bill.total_minor else Kind.NOTHING
    if bill.due_date and bill.due_date < today:
        return Kind.OVERDUE
    return Kind.PART_PAID if left < bill.total_minor else Kind.TO_PAY


def _words(kind: Kind) -> str:
    words = {
        Kind.TO_PAY: _("To pay"),
        Kind.PART_PAID: _("Part paid"),
        Kind.OVERDUE: _("Overdue"),
        Kind.PAID: _("Paid"),
        Kind.NOTHING: _("Nothing to pay"),
        Kind.CREDIT: _("Credit"),
    }
    return words[kind]
