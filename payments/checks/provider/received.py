"""S01: payments that succeeded at the provider, and the money in our books."""

from __future__ import annotations

from accounts.models import CustomerAccount
from core.integrity import Finding
from ledger.models import Posting
from payments.checks.provider.comparison import Booked, Comparison
from payments.gateway import IntentView

CASH = ("payment.received", "suspense.received")


def agree(both: Comparison) -> list[Finding]:
    """S01: each payment has exactly one entry of its amount, currency and account; and back."""
    cash = {e.name: e for e in both.entries.values() if e.event_type in CASH}
    owners = _owners()
    wanted = _number(both.scope.account_id)
    found = []
    for view in both.reading.intents.values():
        if view.status != "succeeded" or not both.is_ours(view) or not both.is_settled(view):
            continue
        if wanted in (None, view.metadata.get("account"), owners.get(view.id)):
            found += _unlike(view, cash.get(view.id), owners.get(view.id))
    for name, entry in cash.items():
        is_wanted = wanted in (None, owners.get(name)) and both.is_read(entry.recorded_at)
        if is_wanted and both.was_settled(name, entry.recorded_at):
            found += _unknown(both.reading.intents.get(name), entry)
    return found


def _unlike(view: IntentView, entry: Booked | None, owner: str | None) -> list[Finding]:
    said = view.metadata.get("account")
    expected = f"{view.amount_received} {view.currency}"
    if entry is None:
        return [Finding(f"payment {view.id}", "no entry", f"{expected} for {said or 'nobody'}")]
    if (entry.amount, entry.currency) != (view.amount_received, view.currency):
        return [Finding(f"payment {view.id}", f"{entry.amount} {entry.currency}", expected)]
    if owner and said and owner != said:
        return [Finding(f"payment {view.id}", f"account {owner}", f"account {said}")]
    return []


def _unknown(view: IntentView | None, entry: Booked) -> list[Finding]:
    if view and view.status == "succeeded":
        return []
    there = f"{view.status} at the provider" if view else "nothing at the provider"
    return [Finding(entry.source_key, f"{entry.amount} {entry.currency}", there)]


def _owners() -> dict[str, str]:
    """Return the number of the account that got each payment, by the provider's name for it."""
    postings = Posting.objects.filter(
        account__kind="receivable",
        entry__event_type="payment.received",
        entry__source_key__startswith="pi:",
    )
    rows = postings.values_list("entry__source_key", "account__account__number")
    return {key.split(":")[1]: number or "" for key, number in rows.iterator()}


def _number(account_id: int | None) -> str | None:
    if account_id is None:
        return None
    return CustomerAccount.objects.values_list("number", flat=True).get(pk=account_id)
