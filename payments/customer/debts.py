"""What a payment is used for, in the customer's words: the bill or fee behind an entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from statements.models import Statement


@dataclass(frozen=True)
class Debt:
    """A debt by its name, with the page that tells more; no page is an empty link."""

    words: str
    link: str = ""


def debts(source_keys: Collection[str]) -> dict[str, Debt]:
    """Return the debts behind entries of the books, by source key; one query."""
    ids = {bill for key in source_keys if (bill := bill_id(key))}
    found = Statement.objects.filter(pk__in=ids, number__isnull=False).values_list("pk", "number")
    numbers = {pk: number for pk, number in found if number} if ids else {}
    return {key: _debt(key, numbers.get(bill_id(key), "")) for key in source_keys}


def bill_id(source_key: str) -> int:
    """Return the key of the bill that an entry is about, or 0."""
    kind, _colon, rest = source_key.partition(":")
    key = rest.partition(":")[0]
    return int(key) if kind in ("stmt", "late") and key.isdigit() else 0


def is_undoing(source_key: str) -> bool:
    """Say whether a debt is the payment's own undoing: reversed, refunded or charged back."""
    return source_key.partition(":")[0] in ("rf", "dp") or source_key.endswith(":reverse")


def _debt(source_key: str, number: str) -> Debt:
    if not number:
        return Debt(_("Other debts"))
    link = reverse("statements:detail", args=[number])
    if source_key.startswith("late:"):
        return Debt(_("Late fee of bill %(number)s") % {"number": number}, link)
    return Debt(_("Bill %(number)s") % {"number": number}, link)
