"""When meters are read, bills come and money is due: the days of a monthly billing cycle.

Pure: days in, days out. A month closes with its last local day; the bill comes a usual number of
days later, and is due after the payment term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low

from core.periods import next_month

USUAL_LAG = 1  # days from the first of the next month, until the utility has billed


@dataclass(frozen=True)
class Round:
    """One month that will be billed: what happens when."""

    month: date  # its first day
    reading_on: date
    bill_on: date
    due_on: date
    is_final: bool = False


def coming_rounds(
    first: date, *, count: int, lag: int, term_days: int, ends_on: date | None = None
) -> list[Round]:
    """Return the next months from the one of `first` on, none after the service has ended.

    :param lag: days from the first of the next month to the bill
    :param ends_on: the last day with service; the bill of its month is the final one
    """
    found: list[Round] = []
    month = first.replace(day=1)
    while len(found) < count and (ends_on is None or month <= ends_on):
        found.append(_round(month, lag, term_days, ends_on))
        month = next_month(month.year, month.month)
    return found


def usual_lag(bills: Sequence[tuple[date, date]]) -> int:
    """Return how many days after the first of the next month bills came: the middle of the last.

    :param bills: the first day of each billed month, and the day on which its bills came
    """
    lags = [max((came - next_month(month.year, month.month)).days, 0) for month, came in bills]
    return median_low(lags) if lags else USUAL_LAG


def _round(month: date, lag: int, term_days: int, ends_on: date | None) -> Round:
    after = next_month(month.year, month.month)
    last = after - timedelta(days=1)
    bill_on = after + timedelta(days=lag)
    is_final = ends_on is not None and ends_on <= last
    reading_on = min(last, ends_on) if ends_on else last
    return Round(month, reading_on, bill_on, bill_on + timedelta(days=term_days), is_final)
