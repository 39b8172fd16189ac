"""Of whom a charge holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tariffs.engine.conditions import Named, Term
from tariffs.engine.errors import UsageError
from tariffs.engine.pricing.bill import Bill
from tariffs.engine.values import Mask


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
            raise UsageError("conditions of use are not computed yet")
    return where
