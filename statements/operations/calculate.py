"""Calculate: read the accounts' inputs, rate them together, write draft statements.

No number, no posting, no account lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings

from core import clock
from core.failpoints import hit
from core.updates import update_many
from statements.models import BillingRun, RunChunk, RunItem, Statement
from statements.operations import chunks
from statements.problems import Problem
from statements.rating import price, usual, write
from statements.rating.inputs import Payer
from statements.rating.load import load


def calculate_chunk(chunk: RunChunk, *, owner: str) -> None:
    """Write a draft statement, or a reason why not, for each account of the chunk."""

    def pending() -> list[chunks.Item]:
        return chunks.items(chunk=chunk, state=RunItem.State.PENDING)

    chunks.process(chunk, owner=owner, pending=pending, work=_calculate)


def _calculate(items: Sequence[chunks.Item], run: BillingRun) -> None:
    for item in items:
        hit("rate.item", account=item.account_id)
    accounts = [Payer(i.account_id, i.currency, i.language) for i in items]
    loaded = load(accounts, run.month)
    bills, problems = price.price(loaded.bills)
    bills = usual.hold_unusual(bills, loaded.before)
    write.drafts(bills, run, recorded_at=clock.now(), state=first_state())
    problems.update(loaded.problems)
    _mark(items, {bill.account_id: bill for bill in bills}, problems, loaded.skipped)


def first_state() -> Statement.State:
    """Return the state of a bill that nothing holds back, as the approval policy has it."""
    if settings.BILLING_APPROVAL == "second_person":
        return Statement.State.CALCULATED
    return Statement.State.APPROVED


MARK = ("id", "state", "error_code", "error")


def _mark(
    items: Sequence[chunks.Item],
    bills: Mapping[int, price.Bill],
    problems: Mapping[int, Problem],
    skipped: Mapping[int, str],
) -> None:
    state = RunItem.State
    rows: list[tuple[int, str, str, str]] = []
    for item in items:
        bill, problem = bills.get(item.account_id), problems.get(item.account_id)
        if problem:
            rows.append((item.pk, state.PARKED.value, problem.code, problem.detail))
        elif bill and bill.hold_code:
            rows.append((item.pk, state.HELD.value, bill.hold_code, ""))
        elif bill:
            rows.append((item.pk, state.CALCULATED.value, "", ""))
        else:
            rows.append((item.pk, state.SKIPPED.value, skipped[item.account_id], ""))
    if any(row[1] != state.CALCULATED for row in rows):
        update_many(RunItem, MARK, rows)
    else:
        RunItem.objects.filter(pk__one_of=[item.pk for item in items]).update(
            state=state.CALCULATED
        )
