"""What people do with a version: ask, take back, send back, publish, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import Approval, User
from accounts.operations import approvals
from accounts.operations.approvals import pending_for
from statements.operations import ending, publish
from statements.operations.publish import Version
from tariffs import operations
from tariffs.engine.errors import TariffError
from tariffs.models import VersionState

ASK, TAKE_BACK, SEND_BACK = "ask", "take_back", "send_back"
PUBLISH, APPROVE, WITHDRAW = "publish", "approve", "withdraw"
WITH_REASON = (SEND_BACK, WITHDRAW)
INTO_FORCE = (PUBLISH, APPROVE)


class Refused(Exception):
    """It was not done; the words are for people."""


@dataclass(frozen=True)
class Deciding:
    """A person before a version, at a moment."""

    version: Version
    by: User
    note: str
    now: datetime
    today: date


def possible(version: Version, by: User, today: date) -> list[str]:
    """Return the deeds that this person may do with a version as it is; two queries at most."""
    if version.state == VersionState.DRAFT:
        return [ASK] if publish.needs_second_person() else [ASK, PUBLISH]
    if version.state == VersionState.PUBLISHED and version.starts_on > today:
        return [WITHDRAW]
    if version.state != VersionState.IN_REVIEW:
        return []
    asked = waiting(version)
    if asked is None:
        return [ASK, SEND_BACK]
    if asked.requested_by_id == by.pk:
        return [TAKE_BACK]
    return [SEND_BACK] if operations.has_written(version, by) else [APPROVE, SEND_BACK]


def waiting(version: Version) -> Approval | None:
    """Return the request that waits for a second person."""
    return pending_for(publish.kind_of(version), version)


def decide(deed: str, deciding: Deciding) -> str:
    """Do it by the operation that it has, and say what was done.

    :raises Refused: in words; nothing was done
    """
    try:
        return DEEDS[deed](deciding)
    except tuple(REFUSALS) as error:
        words = next(said for known, said in REFUSALS.items() if isinstance(error, known))
        raise Refused(words() if words else str(error)) from error


REFUSALS: dict[type[Exception], Callable[[], str] | None] = {
    approvals.SamePerson: lambda: _("You asked for it or wrote it: another person must decide."),
    approvals.AlreadyDecided: lambda: _("Somebody decided on it already."),
    approvals.AlreadyAsked: lambda: _("Somebody asked for it already."),
    approvals.ChangedSince: lambda: _(
        "It changed since it was asked for. Send it back, so that it is asked for anew."
    ),
    approvals.NotAllowed: lambda: _("You may not decide on this one; another person must."),
    publish.SecondPersonNeeded: lambda: _("Two people put prices into force: ask for a review."),
    operations.NotPublishable: None,  # they say themselves what is wrong
    operations.NotPossible: None,
    TariffError: None,
}


def _ask(told: Deciding) -> str:
    publish.ask_to_publish(told.version, requested_by=told.by, reason=told.note)
    return _("Sent for review. Another person decides.")


def _take_back(told: Deciding) -> str:
    publish.take_back(_asked(told), told.version, by=told.by, now=told.now)
    return _("Taken back: it is a draft again.")


def _send_back(told: Deciding) -> str:
    asked = waiting(told.version)
    if asked is None:
        operations.send_back(told.version, actor=told.by, at=told.now, reason=told.note)
    else:
        publish.send_back(asked, told.version, by=told.by, note=told.note, now=told.now)
    return _("Sent back. Who asked sees why.")


def _publish(told: Deciding) -> str:
    publish.publish(told.version, approver=told.by, published_at=told.now)
    return _("Published.")


def _approve(told: Deciding) -> str:
    publish.approve_publication(
        told.version, asked=_asked(told), approver=told.by, published_at=told.now
    )
    return _("Approved and published.")


def _withdraw(told: Deciding) -> str:
    ending.withdraw(told.version, actor=told.by, at=told.now, today=told.today, reason=told.note)
    return _("Withdrawn. What it would have ended goes on.")


def _asked(told: Deciding) -> Approval:
    return approvals.waiting_for(publish.kind_of(told.version), told.version)


DEEDS: dict[str, Callable[[Deciding], str]] = {
    ASK: _ask,
    TAKE_BACK: _take_back,
    SEND_BACK: _send_back,
    PUBLISH: _publish,
    APPROVE: _approve,
    WITHDRAW: _withdraw,
}
