"""What is done to the books."""

from ledger.operations.allocation import allocate, release_allocations
from ledger.operations.closing import AlreadyClosed, close_period
from ledger.operations.locks import lock
from ledger.operations.posting import AlreadyPosted, PeriodClosed, post, post_many
from ledger.operations.reversal import NotReversible, reverse
from ledger.operations.undoing import NotSettleable, resettle, settle_against

__all__ = [
    "AlreadyClosed",
    "AlreadyPosted",
    "NotReversible",
    "NotSettleable",
    "PeriodClosed",
    "allocate",
    "close_period",
    "lock",
    "post",
    "post_many",
    "release_allocations",
    "resettle",
    "reverse",
    "settle_against",
]
