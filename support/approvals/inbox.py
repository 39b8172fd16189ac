"""What waits for a person, what they asked for, and what was decided lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import Approval, User
from accounts.names import initials
from accounts.operations.audit import audit_read
from accounts.staff import StaffRole, has_role
from statements.models import BillingRun
from support.approvals import runs
from support.approvals.kind import Kind
from support.approvals.kinds import KINDS, SEEING

Anybody = User | AnonymousUser
LATELY = timedelta(days=30)
FEW = 20
MOST = 200  # rows of the inbox on one page; what is older comes first


@dataclass(frozen=True)
class Row:
    """One approval of a list, the customer by initials."""

    approval: Approval
    kind: Kind
    subject: str
    customer: str
    is_own: bool
    asked_by: str  # a customer by initials, as everywhere outside a help session
    decided_by: str


@dataclass(frozen=True)
class Inbox:
    """The page of approvals of one person."""

    waiting: list[Row]  # for this person to decide; an auditor sees all
    asked: list[Row]
    decided: list[Row]
    runs: list[BillingRun]  # that wait, and nobody asks in whose name
    decides: bool


def member(user: Anybody) -> User:
    """Return the person if they see approvals at all.

    :raises Http404: for everybody else
    """
    if not isinstance(user, User) or not has_role(user, *SEEING):
        raise Http404
    return user


def inbox(user: Anybody, *, real_now: datetime) -> Inbox:
    """Return what waits, was asked for and was decided, for this person.

    :raises Http404: for people who neither ask nor decide nor audit
    """
    person = member(user)
    pending = Approval.objects.filter(state=Approval.State.PENDING)
    seen = pending if _audits(person) else _to_decide(person)
    own = pending.filter(requested_by=person)
    since = Q(decided_at__gte=real_now - LATELY)
    decided = Approval.objects.exclude(state=Approval.State.PENDING).filter(since)
    if not _audits(person):
        decided = decided.filter(Q(requested_by=person) | Q(decided_by=person))
    return Inbox(
        waiting=_rows(seen.order_by("requested_at", "pk")[:MOST], person),
        asked=_rows(own.order_by("requested_at", "pk")[:MOST], person),
        decided=_rows(decided.order_by("-decided_at", "-pk")[:FEW], person),
        runs=list(runs.without_request()) if _sees_runs(person) else [],
        decides=bool(_decided_by(person)),
    )


def waiting_count(user: Anybody) -> int:
    """Return how much this person may decide on now; one query."""
    if not isinstance(user, User) or not _decided_by(user):
        return 0
    asked = _to_decide(user).values("pk")
    if not _sees_runs(user):
        return asked.count()
    return asked.union(runs.without_request().order_by().values("pk"), all=True).count()


def waiting(user: Anybody) -> tuple[int, datetime | None]:
    """Return how much this person may decide on now, and since when the oldest waits."""
    if not isinstance(user, User) or not _decided_by(user):
        return 0, None
    found = [_to_decide(user).aggregate(n=Count("pk"), oldest=Min("requested_at"))]
    if _sees_runs(user):
        found.append(runs.without_request().aggregate(n=Count("pk"), oldest=Min("recorded_at")))
    oldest = [each["oldest"] for each in found if each["oldest"]]
    return sum(each["n"] for each in found), min(oldest, default=None)


def menu_word(user: Anybody) -> str:
    """Return what the menu says: how many wait, or nothing for who never sees approvals."""
    if not has_role(user, *SEEING):
        return ""
    count = waiting_count(user)
    return _("Approvals (%(count)s)") % {"count": count} if count else _("Approvals")


def approval(user: Anybody, uid: UUID) -> Approval:
    """Return an approval that the person decides on, asked for, or audits; note the look.

    :raises Http404: if there is none, or for everybody else
    """
    person = member(user)
    found = _with_people(Approval.objects.filter(uid=uid, kind__in=KINDS)).first()
    if found is None or not _may_see(person, found):
        raise Http404
    if found.account and may_decide(person, found):
        audit_read("approval.look", found, actor=person, account=found.account)
    return found


def may_decide(person: User, approval: Approval) -> bool:
    """Say whether the person has a role that decides on this, and did not ask for it."""
    return approval.requested_by_id != person.pk and approval.kind in _decided_by(person)


def _may_see(person: User, approval: Approval) -> bool:
    is_own = approval.requested_by_id == person.pk
    return is_own or _audits(person) or approval.kind in _decided_by(person)


def _audits(person: User) -> bool:
    return has_role(person, StaffRole.AUDITOR)


def _sees_runs(person: User) -> bool:
    return has_role(person, *KINDS[runs.KIND.code].deciding)


def _decided_by(person: User) -> list[str]:
    return [code for code, kind in KINDS.items() if has_role(person, *kind.deciding)]


def _to_decide(person: User) -> QuerySet[Approval]:
    pending = Approval.objects.filter(state=Approval.State.PENDING, kind__in=_decided_by(person))
    return pending.exclude(requested_by=person)


def _with_people(rows: QuerySet[Approval]) -> QuerySet[Approval]:
    return rows.select_related("account__customer", "requested_by", "decided_by")


def _rows(found: QuerySet[Approval], person: User) -> list[Row]:
    return [row(each, person) for each in _with_people(found) if each.kind in KINDS]


def row(approval: Approval, person: User) -> Row:
    kind = KINDS[approval.kind]
    return Row(
        approval=approval,
        kind=kind,
        subject=kind.subject(approval),
        customer=initials(approval.account.customer.name) if approval.account else "",
        is_own=approval.requested_by_id == person.pk,
        asked_by=_named(approval.requested_by),
        decided_by=_named(approval.decided_by),
    )


def _named(person: User | None) -> str:
    if person is None:
        return ""
    return person.get_full_name() if person.is_staff else initials(person.get_full_name())
