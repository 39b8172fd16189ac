"""What each movement of an account is called, and the page that tells more of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.queries import Movement
from payments.models import Chargeback, Payment, Refund, SuspenseItem
from statements.models import Adjustment, Statement

Source = tuple[str, str]  # kind and key of what an entry is about, as ("stmt", "17")
ISSUED_BY = ("stmt", "late")


@dataclass(frozen=True)
class Told:
    """A movement in words; no page is an empty link."""

    words: str
    note: str
    link: str


class Book:
    """The numbers of the bills and payments behind movements, read at once."""

    def __init__(self, movements: Iterable[Movement]) -> None:
        sources = [source(movement) for movement in movements]
        self.bills = _bills(key for kind, key in sources if kind in ISSUED_BY)
        self.adjusted = _adjusted(key for kind, key in sources if kind == "adj")
        self.payments: dict[Source, str] = {}
        for kind, field in PAYMENT_OF.items():
            keys = [key for found, key in sources if found == kind]
            self.payments |= _payments(kind, field, keys)

    def told(self, movement: Movement) -> Told:
        """Return a movement in the customer's words; reasons of staff are for staff."""
        about = source(movement)
        if about[0] == "adj":
            return self._adjustment(movement, self.adjusted.get(about[1]))
        number = self.bills.get(about[1], "") if about[0] in ISSUED_BY else ""
        receipt = self.payments.get(about, "")
        name = _words().get(movement.event_type, movement.event_type)
        return Told(
            words=name % {"number": number},
            note=_("Receipt %(number)s") % {"number": receipt} if receipt else "",
            link=_link(number, receipt),
        )

    def _adjustment(self, movement: Movement, adjustment: Adjustment | None) -> Told:
        """Return an adjustment with its reason and what the customer was told of it."""
        number = (adjustment.statement.number or "") if adjustment else ""
        parts = (
            [adjustment.get_reason_code_display(), adjustment.customer_text] if adjustment else []
        )
        name = _words().get(movement.event_type, movement.event_type)
        note = ". ".join(str(part) for part in parts if part)
        return Told(words=name % {"number": number}, note=note, link=_link(number, ""))


def source(movement: Movement) -> Source:
    """Return what an entry is about; money moved by the bank names its dispute as reason."""
    kind, _colon, rest = movement.source_key.partition(":")
    if kind == "bt":
        return "dp", movement.reason
    return kind, rest.partition(":")[0]


# kind of a source -> (model, column of its key, column of the receipt's number)
PAYMENT_OF: dict[str, tuple[type[Model], str, str]] = {
    "rcpt": (Payment, "pk", "reference"),
    "pi": (Payment, "intent_id", "reference"),
    "susp": (SuspenseItem, "pk", "payment__reference"),
    "rf": (Refund, "pk", "payment__reference"),
    "re": (Refund, "provider_id", "payment__reference"),
    "dp": (Chargeback, "provider_id", "payment__reference"),
}


def _payments(kind: str, of: tuple[type[Model], str, str], keys: list[str]) -> dict[Source, str]:
    model, column, number = of
    if column == "pk":
        keys = [key for key in keys if key.isdigit()]
    if not keys:
        return {}
    rows = model._default_manager.filter(**{f"{column}__in": keys}).values_list(column, number)
    return {(kind, str(key)): reference or "" for key, reference in rows}


def _bills(keys: Iterable[str]) -> dict[str, str]:
    wanted = {int(key) for key in keys if key.isdigit()}
    if not wanted:
        return {}
    rows = Statement.objects.filter(pk__in=wanted).values_list("pk", "number")
    return {str(pk): number or "" for pk, number in rows}


def _adjusted(keys: Iterable[str]) -> dict[str, Adjustment]:
    wanted = {int(key) for key in keys if key.isdigit()}
    if not wanted:
        return {}
    rows = Adjustment.objects.filter(pk__in=wanted).select_related("statement")
    return {str(row.pk): row for row in rows}


def _link(number: str, receipt: str) -> str:
    if receipt:
        return reverse("payments:payment", args=[receipt])
    return reverse("statements:detail", args=[number]) if number else ""


def _words() -> dict[str, str]:
    return {
        "statement.issued": _("Bill %(number)s"),
        "statement.issued.reversed": _("Bill %(number)s cancelled"),
        "payment.received": _("Payment received"),
        "payment.received.reversed": _("Payment taken back"),
        "suspense.resolved": _("Payment received"),
        "refund.requested": _("Refund to you"),
        "refund.failed": _("Refund did not arrive; it is yours again"),
        "chargeback.withdrawn": _("Held while your bank looks into a payment"),
        "chargeback.reinstated": _("Settled with your bank"),
        "chargeback.lost": _("Payment returned by your bank"),
        "chargeback.regained": _("Payment is here after all"),
        "adjustment.posted": _("Adjustment of bill %(number)s"),
        "adjustment.posted.reversed": _("Adjustment of bill %(number)s taken back"),
        "late_fee.charged": _("Late fee of bill %(number)s"),
        "late_fee.charged.reversed": _("Late fee of bill %(number)s waived"),
    }
