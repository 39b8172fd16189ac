"""What is done to the books."""

from ledger.operations.allocate import allocate, release_allocations
from ledger.operations.close import AlreadyClosed, close_period
from ledger.operations.locks import lock
from ledger.operations.post import AlreadyPosted, PeriodClosed, post, post_many
from ledger.operations.reverse import NotReversible, reverse

__all__ = [
    "AlreadyClosed",
    "AlreadyPosted",
    "NotReversible",
    "PeriodClosed",
    "allocate",
    "close_period",
    "lock",
    "post",
    "post_many",
    "release_allocations",
    "reverse",
]
