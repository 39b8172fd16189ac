"""Which late fees are due, and how each is computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.money import divide, to_scaled
from payments.models import LateFee, LateFeePolicy
from payments.queries.lateness import Lateness, past_due
from statements.models import Statement

PERCENT_DIGITS = 6
WHOLE = 100 * 10**PERCENT_DIGITS


@dataclass(frozen=True, slots=True)
class DueFee:
    """One late fee to be charged; amounts in minor units of the bill's currency."""

    statement: Statement  # with its account and customer
    policy: LateFeePolicy
    step: int  # 1, 2, ...
    open_minor: int  # what it is computed from: late, undisputed and not on its way
    amount_minor: int


def late_fees_due(account_ids: Collection[int], *, today: date, at: datetime) -> list[DueFee]:
    """Return the fees of accounts that are due today and not charged yet, oldest bill first.

    The number of queries does not depend on the number of accounts.

    :param at: the moment of real time at which hosted pages count as open or expired
    """
    overdue = [
        late
        for late in past_due(account_ids, today=today, at=at)
        if late.policy and late.is_overdue(today)
    ]
    charged = _charged([late.statement.pk for late in overdue])
    fees = (_next_fee(late, charged[late.statement.pk], today) for late in overdue)
    return [fee for fee in fees if fee]


def fee_minor(policy: LateFeePolicy, open_minor: int, *, charged_minor: int = 0) -> int:
    """Return a step's fee: flat and per cent, rounded once half up, within its limits.

    It is at most what the cap leaves of the bill, and never more than the amount that is late.

    :param charged_minor: the fees of this bill so far, waived ones too
    """
    share = divide(open_minor * to_scaled(policy.percent, PERCENT_DIGITS), WHOLE)
    most = open_minor
    if policy.cap_minor is not None:
        most = min(most, policy.cap_minor - charged_minor)
    return max(min(policy.flat_minor + share, most), 0)


def _charged(statement_ids: Sequence[int]) -> Mapping[int, list[LateFee]]:
    found: dict[int, list[LateFee]] = defaultdict(list)
    if statement_ids:
        fees = LateFee.objects.filter(statement_id__one_of=statement_ids).order_by("step")
        for fee in fees:
            found[fee.statement_id].append(fee)
    return found


def _next_fee(late: Lateness, charged: Sequence[LateFee], today: date) -> DueFee | None:
    """Return the next step's fee when its day has come; one step at a time, never two at once."""
    policy = late.policy
    if policy is None or len(charged) >= policy.steps:
        return None
    if charged and today < charged[-1].charged_on + timedelta(days=policy.days_between_steps):
        return None
    so_far = sum(fee.amount_minor for fee in charged)
    amount = fee_minor(policy, late.late_minor, charged_minor=so_far)
    step = charged[-1].step + 1 if charged else 1
    return DueFee(late.statement, policy, step, late.late_minor, amount) if amount else None
