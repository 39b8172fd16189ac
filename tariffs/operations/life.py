"""What becomes of a tariff or plan after it was written: ends, switches, withdrawals.

The two are told apart by their models only; their lives are the same. What statements know, such as
up to which day a version is billed, is handed over.
"""

from __future__ import annotations

from copy import copy
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from core import formats
from tariffs.models import (
    IN_FORCE,
    EligibilityKey,
    Plan,
    PlanVersion,
    StatusEvent,
    Tariff,
    TariffVersion,
    VersionState,
)
from tariffs.operations import events
from tariffs.operations.publish import PUBLISHABLE, AlreadyBilled, overlapping
from tariffs.status import ItemStatus, status_of

Version = TariffVersion | PlanVersion
Item = Tariff | Plan


class NotPossible(Exception):
    """What was asked does not fit the state of the tariff or plan; the words are for people."""


@transaction.atomic
def submit(version: Version, *, actor: User | None, at: datetime, reason: str = "") -> None:
    """Hand a draft over for review; it is not edited while it waits.

    :raises NotPossible: if it is no draft
    """
    _move(version, VersionState.DRAFT, VersionState.IN_REVIEW)
    kind = StatusEvent.Kind.SUBMITTED
    events.record(_item(version), kind, at=at, actor=actor, version=version, reason=reason)


@transaction.atomic
def send_back(version: Version, *, actor: User | None, at: datetime, reason: str = "") -> None:
    """Make a draft of a version in review again.

    :raises NotPossible: if it is not in review
    """
    _move(version, VersionState.IN_REVIEW, VersionState.DRAFT)
    kind = StatusEvent.Kind.SENT_BACK
    events.record(_item(version), kind, at=at, actor=actor, version=version, reason=reason)


@transaction.atomic
def schedule_end(
    version: Version,
    ends_on: date,
    *,
    actor: User | None,
    at: datetime,
    today: date,
    reason: str = "",
    billed_until: date | None = None,
) -> None:
    """Set or shorten the end of a version that is in force.

    :param ends_on: the first day without it
    :param billed_until: the first day that no issued statement covers
    :raises NotPossible: if it is not in force, the day has passed, or its end would move back
    :raises AlreadyBilled: if it is billed for longer
    """
    _lock(version)
    if version.state not in IN_FORCE:
        raise NotPossible(_("%(version)s is not in force.") % {"version": version})
    last = {"version": version, "day": formats.day(ends_on - timedelta(days=1))}
    if version.ends_on is not None and ends_on >= version.ends_on:
        raise NotPossible(
            _("%(version)s ends before %(day)s already; to extend it, make a new version.") % last
        )
    if ends_on <= version.starts_on or ends_on < today:
        raise NotPossible(_("%(version)s cannot end on %(day)s any more.") % last)
    if billed_until is not None and ends_on < billed_until:
        billed = {"version": version, "day": formats.day(billed_until - timedelta(days=1))}
        raise AlreadyBilled(_("%(version)s is already billed up to %(day)s.") % billed)
    _set_end(version, ends_on)
    events.record(
        _item(version),
        StatusEvent.Kind.END_SCHEDULED,
        at=at,
        actor=actor,
        version=version,
        reason=reason,
        effective_on=ends_on,
    )


@transaction.atomic
def withdraw(
    version: Version, *, actor: User | None, at: datetime, today: date, reason: str
) -> None:
    """Take back a version that was published and has not begun; what it ended goes on.

    :raises NotPossible: if it is not published, has begun, or no reason is given, or if another
        tariff serves by now those whom what it ended served
    """
    _lock(version)
    if version.state != VersionState.PUBLISHED or version.starts_on <= today:
        raise NotPossible(
            _("Only a published version that has not begun can be withdrawn: %s.") % version
        )
    if not reason.strip():
        raise NotPossible(_("Say why %s is withdrawn.") % version)
    _of(version).filter(pk=version.pk).update(state=VersionState.WITHDRAWN)
    if isinstance(version, TariffVersion):
        EligibilityKey.objects.filter(version=version).delete()
    else:
        _withdraw_own(version, actor, at, today, reason)
    _let_predecessor_go_on(version)
    version.refresh_from_db()
    events.record(
        _item(version),
        StatusEvent.Kind.WITHDRAWN,
        at=at,
        actor=actor,
        version=version,
        reason=reason,
    )


@transaction.atomic
def deactivate(item: Item, *, actor: User | None, at: datetime, reason: str) -> None:
    """Offer a tariff or plan to nobody any more; who has it keeps it until told otherwise.

    :raises NotPossible: if it is off already, or no reason is given
    """
    item = _locked_item(item)
    if not item.is_active:
        raise NotPossible(_("%s is inactive already.") % item)
    if not reason.strip():
        raise NotPossible(_("Say why %s is switched off.") % item)
    _switch(item, StatusEvent.Kind.DEACTIVATED, actor, at, reason)


@transaction.atomic
def activate(
    item: Item, *, actor: User | None, at: datetime, today: date, reason: str = ""
) -> None:
    """Offer a tariff or plan again.

    :raises NotPossible: if it is on already, was never published, or has expired
    """
    item = _locked_item(item)
    if item.is_active:
        raise NotPossible(_("%s is active already.") % item)
    if status_of(item, today) is ItemStatus.EXPIRED:
        raise NotPossible(_("%s has expired; make a new version instead.") % item)
    _switch(item, StatusEvent.Kind.ACTIVATED, actor, at, reason)


@transaction.atomic
def discard(version: Version, *, actor: User | None) -> None:
    """Throw a draft away, and its family if it has no other version.

    :raises NotPossible: if it is no draft
    """
    _lock(version)
    if version.state not in PUBLISHABLE:
        raise NotPossible(
            _("%s was published: it is kept, and can be withdrawn before it begins.") % version
        )
    item = _item(version)
    audit(f"{_noun(item)}.discarded", version, actor=actor, detail={"digest": version.digest})
    version.delete()
    if not item.versions.exists() and not item.events.exists():
        audit(f"{_noun(item)}.deleted", item, actor=actor, detail={"name": item.name})
        item.delete()


@transaction.atomic
def set_tags(item: Item, tags: list[str], *, actor: User | None) -> None:
    """Give a tariff or plan these tags and no others, each once and in order."""
    item = _locked_item(item)
    wanted = sorted({tag.strip() for tag in tags if tag.strip()}, key=str.lower)
    if wanted != item.tags:
        audit(f"{_noun(item)}.tagged", item, actor=actor, detail={"tags": wanted})
        item.tags = wanted
        item.save(update_fields=["tags"])


def _move(version: Version, before: VersionState, after: VersionState) -> None:
    _lock(version)
    if version.state != before:
        words = {"version": version, "state": version.get_state_display()}
        raise NotPossible(_("%(version)s is in another state: %(state)s.") % words)
    _of(version).filter(pk=version.pk).update(state=after)
    version.state = after


def _switch(
    item: Item, kind: StatusEvent.Kind, actor: User | None, at: datetime, reason: str
) -> None:
    item.is_active = kind is StatusEvent.Kind.ACTIVATED
    item.save(update_fields=["is_active"])
    events.record(item, kind, at=at, actor=actor, reason=reason)


def _withdraw_own(
    version: PlanVersion, actor: User | None, at: datetime, today: date, reason: str
) -> None:
    """Withdraw the tariffs that the charges of a plan version became with it."""
    own = TariffVersion.objects.filter(
        tariff__in=version.tariffs.filter(role=Tariff.Role.PLAN),
        state=VersionState.PUBLISHED,
        starts_on=version.starts_on,
    )
    for each in own.order_by("pk"):
        withdraw(each, actor=actor, at=at, today=today, reason=reason)


def _let_predecessor_go_on(version: Version) -> None:
    """Reopen the version that this one would have ended, up to the end it had before.

    A version that is to follow later ends it in any case.
    """
    ended = _item(version).events.filter(
        kind=StatusEvent.Kind.SUPERSEDED, effective_on=version.starts_on
    )
    event = ended.order_by("-pk").first()
    if event is None:
        return
    before = _of(version).get(**_family_of(version), number=event.version)
    had = event.detail.get("ended")
    following = _of(version).in_force().filter(**_family_of(version))
    later = following.filter(starts_on__gte=version.starts_on).values_list("starts_on", flat=True)
    ends = [*later, *([date.fromisoformat(had)] if had else [])]
    before.ends_on = min(ends, default=None)
    _refuse_overlap(before, version.starts_on)
    _of(version).filter(pk=before.pk).update(state=VersionState.PUBLISHED)
    _set_end(before, before.ends_on)


def _refuse_overlap(before: Version, first: date) -> None:
    """Refuse to let a tariff go on from a day where another one has taken its place meanwhile."""
    if isinstance(before, PlanVersion):
        return
    going_on = copy(before)
    going_on.starts_on = first
    if overlap := overlapping(going_on, list(before.keys.all())):
        words = {"version": before, "why": overlap}
        raise NotPossible(_("%(version)s cannot go on: %(why)s") % words)


def _set_end(version: Version, ends_on: date | None) -> None:
    version.ends_on = ends_on
    _of(version).filter(pk=version.pk).update(ends_on=ends_on)
    if isinstance(version, TariffVersion):
        version.keys.update(ends_on=ends_on)


def _of(version: Version) -> Any:
    """Return the manager of the versions of its kind."""
    return type(version).objects


def _family_of(version: Version) -> dict[str, int]:
    if isinstance(version, TariffVersion):
        return {"tariff_id": version.tariff_id}
    return {"plan_id": version.plan_id}


def _item(version: Version) -> Item:
    return version.tariff if isinstance(version, TariffVersion) else version.plan


def _noun(item: Item) -> str:
    return "tariff" if isinstance(item, Tariff) else "plan"


def _lock(version: Version) -> None:
    version.refresh_from_db(from_queryset=_of(version).select_for_update(of=("self",)))


def _locked_item(item: Item) -> Item:
    return type(item).objects.select_for_update().get(pk=item.pk)
