"""Calculate: read the accounts' inputs, rate them together, write draft statements.

No number, no posting, no account lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings

from core import clock
from core.failpoints import hit
from statements.models import BillingRun, RunChunk, RunItem, Statement
from statements.operations import chunks
from statements.problems import Problem
from statements.rating import inputs, price, write


def calculate_chunk(chunk: RunChunk, *, owner: str) -> None:
    """Write a draft statement, or a reason why not, for each account of the chunk."""

    def pending() -> list[RunItem]:
        items = RunItem.objects.filter(chunk=chunk, state=RunItem.State.PENDING)
        return list(items.select_related("account__customer").order_by("account_id"))

    chunks.process(chunk, owner=owner, pending=pending, work=_calculate)


def _calculate(items: Sequence[RunItem], run: BillingRun) -> None:
    for item in items:
        hit("rate.item", account=item.account_id)
    loaded = inputs.load([item.account for item in items], run.month)
    bills, problems = price.price(loaded.bills)
    write.drafts(bills, run, recorded_at=clock.now(), state=_first_state())
    problems.update(loaded.problems)
    _mark(items, {bill.account_id: bill for bill in bills}, problems, loaded.skipped)


def _first_state() -> Statement.State:
    if settings.BILLING_APPROVAL == "second_person":
        return Statement.State.CALCULATED
    return Statement.State.APPROVED


def _mark(
    items: Sequence[RunItem],
    bills: Mapping[int, price.Bill],
    problems: Mapping[int, Problem],
    skipped: Mapping[int, str],
) -> None:
    for item in items:
        bill, problem = bills.get(item.account_id), problems.get(item.account_id)
        if problem:
            item.state = RunItem.State.PARKED
            item.error_code, item.error = problem.code, problem.detail
        elif bill:
            item.state = RunItem.State.HELD if bill.hold_code else RunItem.State.CALCULATED
            item.error_code = bill.hold_code
        else:
            item.state, item.error_code = RunItem.State.SKIPPED, skipped[item.account_id]
    _write_marks(items)


def _write_marks(items: Sequence[RunItem]) -> None:
    usual = [item.pk for item in items if item.state == RunItem.State.CALCULATED]
    RunItem.objects.filter(pk__in=usual).update(state=RunItem.State.CALCULATED)
    rest = [item for item in items if item.state != RunItem.State.CALCULATED]
    if rest:
        RunItem.objects.bulk_update(rest, ["state", "error_code", "error"])
