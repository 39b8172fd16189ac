"""Help sessions: opened for one customer, prolonged once, ended, and looked at afterwards."""

from accounts.operations.attempts import TooManyAttempts
from accounts.operations.grants.opening import (
    ConflictOfInterest,
    GrantRefused,
    Refusal,
    SupervisorOnly,
    open_emergency,
    open_grant,
)
from accounts.operations.grants.relations import NotYoursToEnd, declare, end_relation
from accounts.operations.grants.reviewing import AlreadyReviewed, NotYours, object_to, review
from accounts.operations.grants.running import (
    NotLive,
    end,
    end_expired,
    end_open,
    extend,
    raise_level,
)

__all__ = [
    "AlreadyReviewed",
    "ConflictOfInterest",
    "GrantRefused",
    "NotLive",
    "NotYours",
    "NotYoursToEnd",
    "Refusal",
    "SupervisorOnly",
    "TooManyAttempts",
    "declare",
    "end",
    "end_expired",
    "end_open",
    "end_relation",
    "extend",
    "object_to",
    "open_emergency",
    "open_grant",
    "raise_level",
    "review",
]
