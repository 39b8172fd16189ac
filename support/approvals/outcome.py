"""Carry a decision out, and say in words what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Approval
from accounts.operations import approvals
from support.approvals.kind import Decision, Kind
from support.approvals.kinds import KINDS

APPROVE, RETURN, WITHDRAW = "approve", "return", "withdraw"


@dataclass(frozen=True)
class Outcome:
    """What came of a decision."""

    is_done: bool
    words: str
    is_error: bool = False


def decide(decision: Decision, what: str) -> Outcome:
    """Approve, return or withdraw; what the operation refuses is said, and nothing happened."""
    kind = KINDS[decision.approval.kind]
    deeds = {APPROVE: kind.approve, RETURN: kind.reject, WITHDRAW: kind.withdraw}
    do = deeds.get(what)
    if do is None:
        return Outcome(
            False, _("This cannot be withdrawn; ask the other person to return it."), True
        )
    try:
        do(decision)
    except refused_by(kind) as error:
        return Outcome(False, _refusal(error, decision.approval), is_error=True)
    return Outcome(True, _done(what))


REFUSED = (
    approvals.SamePerson,
    approvals.AlreadyDecided,
    approvals.ChangedSince,
    approvals.NotAllowed,
)


def refused_by(kind: Kind) -> tuple[type[Exception], ...]:
    """Return the exceptions by which the operations of a kind refuse."""
    return (*REFUSED, *kind.refusals)


def _done(what: str) -> str:
    return {
        APPROVE: _("Approved, and done."),
        RETURN: _("Returned. The person who asked sees why."),
        WITHDRAW: _("Withdrawn. Nothing was done."),
    }[what]


def _refusal(error: Exception, approval: Approval) -> str:
    common: dict[type[Exception], Any] = {
        approvals.SamePerson: _("You asked for it or wrote it: another person must decide."),
        approvals.AlreadyDecided: _("Somebody decided on it already."),
        approvals.ChangedSince: _(
            "It changed since it was asked for. Return it, so that it is asked for anew."
        ),
        approvals.NotAllowed: _("You may not decide on this one; another person must."),
    }
    for known, words in {**common, **KINDS[approval.kind].refusals}.items():
        if isinstance(error, known):
            return str(words or error)
    raise error
