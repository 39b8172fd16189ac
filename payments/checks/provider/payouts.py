"""S05: what was paid out to our bank, there and here."""

from __future__ import annotations

from core.integrity import Finding
from payments.checks.provider.comparison import Comparison
from payments.entries.payouts import failed_key, sent_key
from payments.gateway import PayoutView
from payments.models import Payout

RETURNED = ("failed", "canceled")


def agree(both: Comparison) -> list[Finding]:
    """S05: a payout is the sum of what it pays out, and our entry; its failure has the mirror."""
    if both.scope.account_id is not None:
        return []
    found = []
    for view in both.reading.payouts.values():
        if both.is_settled(view):
            found += [*_sum(both, view), *_entry(both, view)]
    for row in Payout.objects.exclude(provider_id__in=both.reading.payouts):
        if both.is_read(row.created_at) and both.was_settled(row.provider_id, row.created_at):
            here = f"{row.amount_minor} {row.currency}"
            found.append(Finding(f"payout {row}", here, "nothing at the provider"))
    return found


def _sum(both: Comparison, view: PayoutView) -> list[Finding]:
    """Compare with its parts; the provider tells none of a payout that was made by hand."""
    own = {moved.id for moved in (view.balance, view.failure_balance) if moved}
    parts = [moved.net for moved in both.reading.paid_out[view.id] if moved.id not in own]
    if not parts or sum(parts) == view.amount:
        return []
    return [Finding(f"payout {view.id}", f"parts of {sum(parts)}", str(view.amount))]


def _entry(both: Comparison, view: PayoutView) -> list[Finding]:
    sent = both.entries.get(sent_key(view.id))
    mirror = both.entries.get(failed_key(view.id))
    here = f"{-sent.amount} {sent.currency}" if sent else "no entry"
    if view.status in RETURNED:
        if bool(sent) == bool(mirror):
            return []
        return [Finding(f"payout {view.id}", f"{here} without its mirror", "returned")]
    expected = f"{view.amount} {view.currency}"
    if mirror:
        return [Finding(f"payout {view.id}", f"{here} and its mirror", expected)]
    return [] if here == expected else [Finding(f"payout {view.id}", here, expected)]
