"""S04: what the provider kept of each movement, and the fees in our books."""

from __future__ import annotations

from core.integrity import Finding
from payments.checks.provider.comparison import Comparison
from payments.entries.fees import fee_key
from payments.gateway import MoneyView, movements


def agree(both: Comparison) -> list[Finding]:
    """S04: each fee has its entry of the same amount; a chargeback's is part of its movement."""
    if both.scope.account_id is not None:
        return []
    there = _fees(both)
    found = []
    for name, (fee, currency) in there.items():
        entry = both.entries.get(fee_key(name))
        if fee and entry is None:
            found.append(Finding(f"fee of {name}", "no entry", f"{fee} {currency}"))
        elif entry and (-entry.amount, entry.currency) != (fee, currency):
            said = f"{-entry.amount} {entry.currency}"
            found.append(Finding(f"fee of {name}", said, f"{fee} {currency}"))
    for entry in both.entries.values():
        if entry.event_type != "payment.fee" or entry.name in both.reading.balances:
            continue
        if both.reading.since is None and both.was_settled(entry.name, entry.recorded_at):
            found.append(Finding(entry.source_key, str(-entry.amount), "no such movement there"))
    return found


def _fees(both: Comparison) -> dict[str, tuple[int, str]]:
    """Return the fee of each settled movement that we should know of, by its name."""
    reading = both.reading
    views: list[MoneyView] = [
        *reading.intents.values(),
        *reading.refunds.values(),
        *reading.payouts.values(),
    ]
    return {
        moved.id: (moved.fee, moved.currency)
        for view in views
        if both.is_ours(view) and both.is_settled(view)
        for moved in movements(view)
    }
