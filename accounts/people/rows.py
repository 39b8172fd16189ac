"""The list of people who work here, one page for one of them, and the access review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import Approval, AuditEvent, AuthenticatorDevice, User
from accounts.operations.approvals import pending_for
from accounts.operations.people.changing import KIND
from accounts.staff import StaffRole
from core.csv_export import Cell

DEEDS = 20  # of the newest on the page of a person


@dataclass(frozen=True)
class PersonRow:
    """One member of staff as the list shows them."""

    person: User
    roles: Sequence[str]  # in words
    has_second_factor: bool
    last_seen_at: datetime | None
    is_self: bool


@dataclass(frozen=True)
class Change:
    """A change of roles, in words."""

    approval: Approval
    person: User
    given: Sequence[str]
    taken: Sequence[str]
    comes_back: bool


@dataclass(frozen=True)
class PersonPage:
    """Everything on the page of one member of staff."""

    row: PersonRow
    waiting: Change | None
    deeds: Sequence[AuditEvent]


def rows(people: QuerySet[User], *, viewer: User) -> list[PersonRow]:
    """Return the list in two queries, however many there are."""
    return [_row(person, viewer) for person in with_facts(people)]


def with_facts(people: QuerySet[User]) -> QuerySet[User]:
    """Add to each person whether they have a second factor, and when they were here last."""
    factors = AuthenticatorDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    sessions = (
        UserSession.objects.filter(user=OuterRef("pk"))
        .values("user")
        .annotate(latest=Max("last_seen_at"))
        .values("latest")
    )
    return people.annotate(
        has_factor=Exists(factors), session_seen_at=Subquery(sessions)
    ).prefetch_related("groups")


def person_page(people: QuerySet[User], person: User, *, viewer: User) -> PersonPage:
    """Return the page of a person; `people` is anything that contains them."""
    found = with_facts(people).get(pk=person.pk)
    waiting = pending_for(KIND, person)
    own = AuditEvent.objects.filter(
        object_type=User._meta.label_lower, object_key=str(person.pk), kind=AuditEvent.Kind.WRITE
    )
    return PersonPage(
        row=_row(found, viewer),
        waiting=change(waiting, person) if waiting else None,
        deeds=list(own.order_by("-pk")[:DEEDS]),
    )


def changes(approvals: Iterable[Approval], people: Iterable[User]) -> list[Change]:
    """Return the changes that wait, with the people whom they are about."""
    by_key = {str(person.pk): person for person in people}
    return [change(approval, by_key[approval.object_key]) for approval in approvals]


def change(approval: Approval, person: User) -> Change:
    """Say what a change of roles gives and takes."""
    before, after = set(approval.before["roles"]), set(approval.after["roles"])
    return Change(
        approval,
        person,
        given=role_words(after - before),
        taken=role_words(before - after),
        comes_back=approval.after["is_active"] and not approval.before["is_active"],
    )


def role_words(names: Iterable[str]) -> list[str]:
    """Return the roles in words, in the order in which they are always listed."""
    held = set(names)
    return [str(role.label) for role in StaffRole if role.value in held]


def review(people: QuerySet[User]) -> Iterator[list[Cell]]:
    """Yield the access review: who may do what, proved by what, and when they were here last."""
    yield [
        _("Name"),
        _("E-mail"),
        _("Active"),
        *(str(role.label) for role in StaffRole),
        _("Second factor"),
        _("Last seen"),
        _("Login made"),
    ]
    for person in with_facts(people):
        held = {group.name for group in person.groups.all()}
        yield [
            person.name,
            person.email,
            _yes(person.is_active),
            *(_yes(role.value in held) for role in StaffRole),
            _yes(person.has_factor),  # type: ignore[attr-defined]
            _last_seen(person),
            person.date_joined,
        ]


def _row(person: User, viewer: User) -> PersonRow:
    return PersonRow(
        person=person,
        roles=role_words(group.name for group in person.groups.all()),
        has_second_factor=person.has_factor,  # type: ignore[attr-defined]
        last_seen_at=_last_seen(person),
        is_self=person.pk == viewer.pk,
    )


def _last_seen(person: User) -> datetime | None:
    seen = [person.session_seen_at, person.last_login]  # type: ignore[attr-defined]
    return max((moment for moment in seen if moment), default=None)


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
