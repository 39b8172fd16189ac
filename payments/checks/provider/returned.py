"""S02: refunds and chargebacks at the provider, and ours."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from core.integrity import Finding
from payments.checks.provider.comparison import Comparison
from payments.gateway import DisputeView, RefundView
from payments.models import BalanceTransaction, Chargeback, Refund
from payments.operations.refunds.applying import STATES

Row = tuple[int, str, str]  # amount, currency, state


def agree(both: Comparison) -> list[Finding]:
    """S02: each refund and chargeback is here as it is there, and none is only here."""
    return [*_refunds(both), *_chargebacks(both)]


def _refunds(both: Comparison) -> list[Finding]:
    rows = Refund.objects.filter(provider_id__isnull=False)
    if both.scope.account_id is not None:
        rows = rows.filter(payment__account_id=both.scope.account_id)
    columns = ("provider_id", "amount_minor", "currency", "state", "requested_at", "changed_at")
    ours = {row[0] or "": row[1:] for row in rows.values_list(*columns)}
    found = []
    for view in both.reading.refunds.values():
        if not both.is_ours(view) or not both.is_settled(view):
            continue
        row = ours.get(view.id)
        if row is None and both.scope.account_id is not None:
            continue
        found += _differing(f"refund {view.id}", row[:3] if row else None, _of_refund(view))
    for name, (*row, requested_at, changed_at) in ours.items():
        if name not in both.reading.refunds and _is_within(both, name, requested_at, changed_at):
            found.append(Finding(f"refund {name}", _words(row), "nothing at the provider"))
    return found


def _chargebacks(both: Comparison) -> list[Finding]:
    rows = Chargeback.objects.all()
    if both.scope.account_id is not None:
        rows = rows.filter(payment__account_id=both.scope.account_id)
    taken = _taken()
    ours = {row.provider_id: row for row in rows}
    found = []
    for view in both.reading.disputes.values():
        if not both.is_ours(view) or not both.is_settled(view):
            continue
        row = ours.get(view.id)
        if row is None and both.scope.account_id is not None:
            continue
        here = (taken[view.id], row.currency, row.provider_status) if row else None
        found += _differing(f"chargeback {view.id}", here, _of_dispute(view))
    for name, row in ours.items():
        if name not in both.reading.disputes and _is_within(
            both, name, row.opened_at, row.opened_at
        ):
            here = (taken[name], row.currency, row.provider_status)
            found.append(Finding(f"chargeback {name}", _words(here), "nothing at the provider"))
    return found


def _is_within(both: Comparison, name: str, made_at: datetime, changed_at: datetime) -> bool:
    return both.is_read(made_at) and both.was_settled(name, changed_at)


def _differing(subject: str, here: Row | None, there: Row) -> list[Finding]:
    if here == there:
        return []
    return [Finding(subject, _words(here) if here else "nothing", _words(there))]


def _words(row: Row | list[object]) -> str:
    amount, currency, state = row
    return f"{amount} {currency} {state}"


def _of_refund(view: RefundView) -> Row:
    state = STATES.get(view.status, Refund.State.PENDING)
    return view.amount, view.currency, state.value


def _of_dispute(view: DisputeView) -> Row:
    """Return what moved, which is what was booked, rather than what is disputed."""
    return -sum(moved.amount for moved in view.balances), view.currency, view.status


def _taken() -> dict[str, int]:
    """Return what each dispute has taken of our balance, by its name."""
    taken: dict[str, int] = defaultdict(int)
    disputes = Chargeback.objects.values("provider_id")
    rows = BalanceTransaction.objects.filter(source_id__in=disputes)
    for source_id, amount in rows.values_list("source_id", "amount_minor"):
        taken[source_id] -= amount
    return taken
