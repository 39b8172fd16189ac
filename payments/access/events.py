"""The only way from a member of staff to the events of the payment provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.staff import StaffRole, has_role
from payments.access.staff import Anybody, member_of_staff
from payments.models import ProviderEvent

PAGE_SIZE = 50
SEEING = (StaffRole.FINANCE, StaffRole.ADMINISTRATOR)
DECIDING = (StaffRole.FINANCE,)
UNSHOWN = ("payload",)  # it names people


@dataclass(frozen=True)
class EventPage:
    """Events, the newest arrival first; `older` leads to the next page, if there is one."""

    rows: Sequence[ProviderEvent]
    older: str
    is_first: bool


def events(user: Anybody, *, state: str = "", before: str = "") -> EventPage:
    """Return a page of events, those of one state only if one is named; one query.

    :param before: where the page begins, as `older` of the page before it
    :raises Http404: for others, and for a place that no page named
    """
    member_of_staff(user, among=SEEING)
    rows = _all().filter(state=state) if state else _all()
    if before:
        rows = _after(rows, before)
    found = list(rows.order_by("-received_at", "-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    older = _place(shown[-1]) if len(found) > PAGE_SIZE else ""
    return EventPage(shown, older, not before)


def event(user: Anybody, uid: UUID) -> ProviderEvent:
    """Return one event with its body.

    :raises Http404: for others, and if there is none
    """
    member_of_staff(user, among=SEEING)
    found = ProviderEvent.objects.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def event_to_decide(user: Anybody, uid: UUID) -> tuple[ProviderEvent, User]:
    """Return one event and the person, who may retry and dismiss it.

    :raises Http404: for others, and if there is none
    """
    actor = member_of_staff(user, among=DECIDING)
    return event(user, uid), actor


def may_decide_events(user: Anybody) -> bool:
    return has_role(user, *DECIDING)


def _all() -> QuerySet[ProviderEvent]:
    return ProviderEvent.objects.defer(*UNSHOWN)


def _place(row: ProviderEvent) -> str:
    return f"{row.received_at.isoformat()}~{row.pk}"


def _after(rows: QuerySet[ProviderEvent], place: str) -> QuerySet[ProviderEvent]:
    moment, _, pk = place.partition("~")
    try:
        at = datetime.fromisoformat(moment.replace(" ", "+"))
    except ValueError as error:
        raise Http404 from error
    if at.tzinfo is None or "\0" in pk:
        raise Http404
    return rows.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk))
