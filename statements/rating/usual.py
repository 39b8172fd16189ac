"""A last look before a bill goes out: is it like the bills that this account had before?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from statements.rating.price import Bill

TIMES = 5  # as high as the average of the bills before
LEAST_BILLS = 3


def hold_unusual(bills: Sequence[Bill], before: Mapping[int, Sequence[int]]) -> list[Bill]:
    """Mark a bill far above the account's average, for a person to look at first.

    :param before: by account, the totals of its last bills in minor units
    """
    return [
        replace(bill, hold_code="unusual_total")
        if not bill.hold_code and _is_unusual(bill.total_minor, before.get(bill.account_id, ()))
        else bill
        for bill in bills
    ]


def _is_unusual(total: int, before: Sequence[int]) -> bool:
    return (
        len(before) >= LEAST_BILLS and sum(before) > 0 and total * len(before) > TIMES * sum(before)
    )
