"""Of whom a charge or tax holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.periods import local_date
from tariffs.engine import checked
from tariffs.engine.conditions import Named, Term, UseBetween
from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.quantities import uses
from tariffs.engine.values import Amounts, Intervals, Mask


def holds(terms: Sequence[Term], index: int, bill: Bill) -> Mask:
    """Return of which accounts all the terms hold in a segment.

    :raises UsageError: if the use that a term asks for is not known
    """
    where = np.ones(bill.n, np.bool_)
    for term in terms:
        if isinstance(term, Named):
            known = bool(term.any_of & bill.segments[index].conditions)
            where &= known != term.negated
        else:
            where &= _lies_between(term, index, bill)
    return where


def _lies_between(term: UseBetween, index: int, bill: Bill) -> Mask:
    use = _past_use(term, index, bill) if term.last_periods else _own_use(term, index, bill)
    where = np.ones(bill.n, np.bool_)
    if term.above is not None:
        where &= use > term.above
    if term.up_to is not None:
        where &= use <= term.up_to
    return where


def _own_use(term: UseBetween, index: int, bill: Bill) -> Amounts:
    """Return the use of this very period, over all segments of the agreement."""
    return uses.sum_of([_use_in(i, term.source, bill) for i in bill.together(index)])


def _use_in(index: int, source: str, bill: Bill) -> Amounts:
    use = bill.use(index, source, "(when)")
    if isinstance(use, Intervals):
        checked.covering(use, bill.segments[index])
    return uses.total(use)


def _past_use(term: UseBetween, index: int, bill: Bill) -> Amounts:
    segment = bill.segments[index]
    first = local_date(segment.cycle.starts_at, segment.zone)
    known = [use for day, use in bill.past_of(index).uses.get(term.source, ()) if day < first]
    if len(known) < term.last_periods:
        raise UsageError(
            f"segment {index}: the use of {term.source!r} in {term.last_periods} earlier periods "
            f"decides about a charge, and {len(known)} are known"
        )
    return uses.sum_of(known[-term.last_periods :])
