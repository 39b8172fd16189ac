"""S03: the sum of all movements at the provider, and our clearing account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from core.integrity import Finding
from payments.checks.provider.comparison import Comparison, names
from payments.gateway import DisputeView, IntentView, MoneyView, PayoutView, RefundView, movements
from payments.models import BalanceTransaction

RETURNED = ("failed", "canceled")


def agrees(both: Comparison) -> list[Finding]:
    """S03: per currency, what moved at the provider is what our books say moved.

    Of a reading that does not begin at the beginning, each movement is compared by itself.
    """
    if both.scope.account_id is not None:
        return []
    return _movements(both) if both.reading.since else _totals(both)


def _totals(both: Comparison) -> list[Finding]:
    left_out = _left_out(both)
    there: dict[str, int] = defaultdict(int)
    here: dict[str, int] = defaultdict(int)
    for moved in both.reading.balances.values():
        if moved.id not in left_out and moved.created_at < both.reading.settled_at:
            there[moved.currency] += moved.net
    for entry in both.entries.values():
        if entry.name not in left_out and both.was_settled(entry.name, entry.recorded_at):
            here[entry.currency] += entry.amount
    for view in _objects(both):
        if view.id not in left_out:
            currency, amount = _under_way(view)
            there[currency] += amount
    return [
        Finding(f"clearing account {currency}", str(here[currency]), str(there[currency]))
        for currency in sorted({*here, *there})
        if here[currency] != there[currency]
    ]


def _left_out(both: Comparison) -> set[str]:
    """Return every name of the objects that are in the making, or another installation's."""
    found: set[str] = set(both.moving)
    for view in _objects(both):
        if not both.is_ours(view) or not both.is_settled(view):
            found |= names(view)
    return found


def _objects(both: Comparison) -> Iterator[MoneyView]:
    reading = both.reading
    yield from reading.intents.values()
    yield from reading.refunds.values()
    yield from reading.disputes.values()
    yield from reading.payouts.values()


def _under_way(view: MoneyView) -> tuple[str, int]:
    """Return what our books know of an object before our balance there moves, or do not yet."""
    match view:
        case IntentView():
            is_booked, amount = view.status == "succeeded", view.amount_received
        case RefundView():
            is_booked, amount = view.status == "succeeded", -view.amount
        case PayoutView():
            is_booked, amount = view.status not in RETURNED, -view.amount
        case DisputeView():  # booked by its movements
            return view.currency, 0
    moved = movements(view)
    if is_booked:
        return view.currency, 0 if moved else amount
    return view.currency, -sum(each.amount for each in moved)


def _movements(both: Comparison) -> list[Finding]:
    """Compare each movement since the reading's beginning with the one that we keep."""
    left_out = _left_out(both)
    rows = BalanceTransaction.objects.filter(created_at__gte=both.reading.since)
    columns = ("provider_id", "net_minor", "currency", "created_at", "recorded_at")
    ours = {row[0]: row[1:] for row in rows.values_list(*columns)}
    found = []
    for moved in both.reading.balances.values():
        row = ours.pop(moved.id, None)
        if moved.id in left_out or moved.created_at >= both.reading.settled_at:
            continue
        if row is None or row[:2] != (moved.net, moved.currency):
            here = f"{row[0]} {row[1]}" if row else "nothing"
            found.append(Finding(f"movement {moved.id}", here, f"{moved.net} {moved.currency}"))
    for name, (net, currency, created_at, recorded_at) in ours.items():
        moment = max(created_at, recorded_at)
        if name not in left_out and both.was_settled(name, moment):
            found.append(Finding(f"movement {name}", f"{net} {currency}", "nothing there"))
    return found
