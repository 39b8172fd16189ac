"""The states of an attempt to pay, as data: where each may go, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from payments.models import PaymentAttempt

State = PaymentAttempt.State

# Live states only go on; `succeeded` is final; whatever else has ended yields to it alone.
TOLD = frozenset({State.OPEN, State.REQUIRES_ACTION, State.PROCESSING})
ENDED = frozenset({State.FAILED, State.EXPIRED, State.CANCELLED, State.ABANDONED})
NEXT: Mapping[str, frozenset[State]] = {
    State.CREATED: frozenset({State.SUBMITTING, State.UNKNOWN, State.SUCCEEDED}) | TOLD | ENDED,
    State.SUBMITTING: frozenset({State.UNKNOWN, State.SUCCEEDED}) | TOLD | ENDED,
    State.UNKNOWN: frozenset({State.SUCCEEDED}) | TOLD | ENDED,
    State.OPEN: frozenset(
        {
            State.REQUIRES_ACTION,
            State.PROCESSING,
            State.SUCCEEDED,
            State.FAILED,
            State.EXPIRED,
            State.CANCELLED,
        }
    ),
    State.REQUIRES_ACTION: frozenset(
        {State.PROCESSING, State.SUCCEEDED, State.FAILED, State.EXPIRED, State.CANCELLED}
    ),
    State.PROCESSING: frozenset({State.SUCCEEDED, State.FAILED}),
    State.FAILED: frozenset({State.SUCCEEDED}),
    State.EXPIRED: frozenset({State.SUCCEEDED}),
    State.CANCELLED: frozenset({State.SUCCEEDED}),
    State.ABANDONED: frozenset({State.SUCCEEDED}),
    State.SUCCEEDED: frozenset(),
}
UNSURE = (State.CREATED, State.SUBMITTING, State.UNKNOWN)


def may_go(before: str, after: str) -> bool:
    return after in NEXT[before]
