"""The audit trail, searched: who changed or saw what, when, and by which right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import names, numbers
from accounts.models import AuditEvent, CustomerAccount, User
from accounts.staff import StaffRole, has_role, role_names
from core.csv_export import Cell
from core.periods import midnight

ALL = (StaffRole.AUDITOR, StaffRole.ADMINISTRATOR)
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)  # all events lie between


@dataclass(frozen=True)
class Row:
    """One event in words; `changes` are (what, before, after), `facts` the rest of the detail."""

    event: AuditEvent
    by: str
    changes: Sequence[tuple[str, str, str]]
    facts: Sequence[tuple[str, str]]


def sees_all(user: User | AnonymousUser) -> bool:
    """Tell whether the person sees what others did, too."""
    return has_role(user, *ALL)


def sees_in_clear(user: User | AnonymousUser) -> bool:
    """Tell whether the person sees the addresses of customers, and may save the trail."""
    return has_role(user, StaffRole.AUDITOR)


def events(user: User | AnonymousUser) -> QuerySet[AuditEvent]:
    """Return what the person may see: everything, or their own acts.

    :raises Http404: for those who do not work here
    """
    if not isinstance(user, User) or not role_names(user):
        raise Http404
    found = AuditEvent.objects.select_related("actor", "account", "grant")
    return found if sees_all(user) else found.filter(actor=user)


def narrowed(
    found: QuerySet[AuditEvent], wanted: Mapping[str, Any], *, zone: ZoneInfo
) -> QuerySet[AuditEvent]:
    """Return the events that were asked for; what is not there gives none."""
    if person := wanted.get("person"):
        actor = User.objects.filter(email__iexact=person).first()
        found = found.filter(actor=actor) if actor else found.filter(actor_name=person)
    if number := wanted.get("account"):
        found = found.filter(_about(number))
    if kind := wanted.get("kind"):
        found = found.filter(kind=kind)
    if action := wanted.get("action"):
        found = found.filter(action__startswith=action)
    if object_type := wanted.get("object_type"):
        found = found.filter(object_type=object_type)
    if key := wanted.get("object_key"):
        found = found.filter(object_key=key)
    return found.filter(_within(wanted.get("since"), wanted.get("until"), zone))


def _about(number: str) -> Q:
    """Select what was done with an account, and what was done with its customer."""
    account = CustomerAccount.objects.filter(number=numbers.clean(number)).first()
    if account is None:
        return Q(pk__in=[])
    of_customer = Q(customer=account.customer_id, account__isnull=True)
    return Q(account=account) | of_customer


def _within(since: date | None, until: date | None, zone: ZoneInfo) -> Q:
    chosen = Q()
    if since and since > FIRST:
        chosen &= Q(recorded_at__gte=midnight(since, zone))
    if until and until < LAST:
        chosen &= Q(recorded_at__lt=midnight(until + timedelta(days=1), zone))
    return chosen


def asked_for(wanted: Mapping[str, Any]) -> str:
    """Return a search as the audit trail keeps it."""
    said = {name: str(value) for name, value in wanted.items() if value and name != "before"}
    return ", ".join(f"{name} {value}" for name, value in said.items())


def rows(found: Iterable[AuditEvent], *, viewer: User) -> list[Row]:
    """Return events as the page shows them to this person."""
    in_clear = sees_in_clear(viewer)
    return [_row(event, _Words(in_clear, viewer)) for event in found]


def sheet(found: QuerySet[AuditEvent], *, viewer: User) -> Iterator[list[Cell]]:
    """Yield the lines of the file, the newest event first."""
    words = _Words(sees_in_clear(viewer), viewer)
    yield [
        *(_("When (UTC)"), _("Who"), _("Action"), _("Kind"), _("Right"), _("Object"), _("Key")),
        *(_("Account"), _("Help session"), _("Address"), _("Request"), _("Detail")),
    ]
    for event in found.order_by("-pk").iterator(chunk_size=2000):
        yield [
            event.recorded_at.astimezone(UTC),
            words.of_actor(event),
            event.action,
            str(event.get_kind_display()),
            str(event.get_basis_display()),
            event.object_type,
            event.object_key,
            event.account.number if event.account else "",
            str(event.grant.uid) if event.grant else "",
            event.ip,
            event.request_id,
            words.of(event, json.dumps(event.detail, ensure_ascii=False, sort_keys=True)),
        ]


def _row(event: AuditEvent, words: _Words) -> Row:
    detail = dict(event.detail)
    before, after = detail.pop("before", None), detail.pop("after", None)
    changes = [
        (name, words.of(event, was), words.of(event, now))
        for name, was, now in _differences(before, after)
    ]
    facts = [(name, words.of(event, _text(value))) for name, value in detail.items()]
    return Row(event, words.of_actor(event), changes, facts)


def _differences(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Return what is told to have changed: by name, or as a whole."""
    if before is None and after is None:
        return []
    old = before if isinstance(before, dict) else {"": before}
    new = after if isinstance(after, dict) else {"": after}
    both = [(name, _text(old.get(name)), _text(new.get(name))) for name in {**old, **new}]
    return [(name, was, now) for name, was, now in both if was != now]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value) or "–"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


@dataclass(frozen=True)
class _Words:
    """How events are told to one person: addresses and names of customers are masked."""

    in_clear: bool
    viewer: User

    def of_actor(self, event: AuditEvent) -> str:
        is_ours = event.actor is None or event.actor.is_staff or event.actor == self.viewer
        return (
            event.actor_name if self.in_clear or is_ours else names.without_emails(event.actor_name)
        )

    def of(self, event: AuditEvent, text: str) -> str:
        if self.in_clear:
            return text
        if event.kind == AuditEvent.Kind.SEARCH and event.actor != self.viewer:
            return "…"  # what somebody looked for is often a name
        return names.without_emails(text)
