"""What needs two people: one asks, another decides, and it is decided once.

The app whose act it is calls these in its own transaction, so that the decision and what follows
from it happen together or not at all. Who may decide is told by the roles `among`; that nobody
decides on what they asked for themselves is held by the database too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from accounts.models import Approval, CustomerAccount, User
from accounts.operations.audit import audit
from accounts.staff import StaffRole, has_role

State = Approval.State
NOTE_LENGTH = 500


class SamePerson(Exception):
    """Who asked does not decide."""


class AlreadyDecided(Exception):
    """Somebody approved, rejected or withdrew it before."""


class AlreadyAsked(Exception):
    """The same is asked for already, and waits."""


class ChangedSince(Exception):
    """What it is about has changed since it was asked for: it must be asked for anew."""


class NotAllowed(Exception):
    """The person may not ask, decide or withdraw here."""


class ReasonMissing(ValueError):
    """Something is asked for, or returned, without a reason in words."""


@transaction.atomic
def ask(
    kind: str,
    obj: Model,
    *,
    requested_by: User,
    reason: str,
    account: CustomerAccount | None = None,
    amount_minor: int | None = None,
    currency: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    fingerprint: str = "",
    real_now: datetime,
) -> Approval:
    """Ask that something is done with an object; a request about an older state of it gives way.

    :param kind: noun.verb, as refund.approve
    :param amount_minor: in minor units of `currency`, where it is about money
    :param before: what the person who decides is shown, as is `after`
    :param fingerprint: of the object as it is now, up to 64 characters
    :raises ReasonMissing: if the reason is empty
    :raises NotAllowed: if the person who asks is disabled
    :raises AlreadyAsked: if the same waits already
    """
    if not reason.strip():
        raise ReasonMissing("say why")
    _must_be_active(requested_by)
    _make_room(kind, obj, fingerprint, requested_by, real_now)
    approval = Approval(
        kind=kind,
        object_type=obj._meta.label_lower,
        object_key=str(obj.pk),
        account=account,
        amount_minor=amount_minor,
        currency=currency,
        before=dict(before or {}),
        after=dict(after or {}),
        fingerprint=fingerprint,
        reason=reason.strip()[:NOTE_LENGTH],
        requested_by=requested_by,
        requested_at=real_now,
    )
    _keep(approval)
    _audit("approval.ask", approval, requested_by)
    return approval


@transaction.atomic
def approve(
    approval: Approval,
    *,
    decided_by: User,
    note: str = "",
    real_now: datetime,
    fingerprint: str = "",
    among: Collection[StaffRole] = (),
) -> Approval:
    """Approve what another asked for; the caller does it in the same transaction.

    :param fingerprint: of the object as it is now
    :param among: the roles that may decide; anybody active if empty
    :raises NotAllowed: if the person is disabled or has none of the roles
    :raises SamePerson: if the one who asked decides
    :raises AlreadyDecided: if somebody was faster
    :raises ChangedSince: if the object is not as it was when it was asked for
    """
    _lock(approval)
    _must_be_able(approval, decided_by, among)
    if fingerprint != approval.fingerprint:
        raise ChangedSince(f"{approval} has changed since {approval.requested_at}")
    _decide(approval, State.APPROVED, decided_by, note, real_now)
    return approval


@transaction.atomic
def reject(
    approval: Approval,
    *,
    decided_by: User,
    note: str,
    real_now: datetime,
    among: Collection[StaffRole] = (),
) -> Approval:
    """Return what another asked for, with a reason; it may be asked for again.

    :raises ReasonMissing: if the note is empty
    :raises NotAllowed, SamePerson, AlreadyDecided: as in approving
    """
    if not note.strip():
        raise ReasonMissing("say why it is returned")
    _lock(approval)
    _must_be_able(approval, decided_by, among)
    _decide(approval, State.REJECTED, decided_by, note, real_now)
    return approval


@transaction.atomic
def withdraw(
    approval: Approval, *, withdrawn_by: User, note: str = "", real_now: datetime
) -> Approval:
    """Take back what one asked for oneself, before anybody has decided.

    :raises NotAllowed: if another asked for it
    :raises AlreadyDecided: if it was decided meanwhile
    """
    _lock(approval)
    if approval.requested_by_id != withdrawn_by.pk:
        raise NotAllowed("another person asked for this")
    _must_be_active(withdrawn_by)
    _must_wait(approval)
    _decide(approval, State.WITHDRAWN, withdrawn_by, note, real_now)
    return approval


@transaction.atomic
def lapse(approval: Approval, *, real_now: datetime) -> None:
    """Take a request back that has lost its object, without anybody's doing.

    :raises AlreadyDecided: if it was decided meanwhile
    """
    _decide(approval, State.WITHDRAWN, None, "", real_now)


def pending_for(kind: str, obj: Model) -> Approval | None:
    """Return what waits for a decision about this object, or None."""
    return _pending(kind, obj).select_related("requested_by").first()


def waiting_for(kind: str, obj: Model) -> Approval:
    """Return what waits for a decision about this object.

    :raises AlreadyDecided: if nothing does
    """
    waiting = pending_for(kind, obj)
    if waiting is None:
        raise AlreadyDecided(f"nothing waits about {kind} of {obj}")
    return waiting


def _pending(kind: str, obj: Model) -> QuerySet[Approval]:
    return Approval.objects.filter(
        kind=kind,
        object_type=obj._meta.label_lower,
        object_key=str(obj.pk),
        state=State.PENDING,
    )


def _make_room(kind: str, obj: Model, fingerprint: str, by: User, real_now: datetime) -> None:
    """Close a request about an older state of the object, which nobody can approve any more."""
    waiting = _pending(kind, obj).select_for_update().first()
    if waiting is None:
        return
    if waiting.fingerprint == fingerprint:
        raise AlreadyAsked(f"{waiting} waits already")
    _decide(waiting, State.WITHDRAWN, by, "", real_now)


def _keep(approval: Approval) -> None:
    """Write a request; of those that ask for the same at once, one is kept.

    :raises AlreadyAsked: for the others
    """
    try:
        with transaction.atomic():
            approval.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyAsked(f"{approval} waits already") from error


def _lock(approval: Approval) -> None:
    approval.refresh_from_db(from_queryset=Approval.objects.select_for_update(of=("self",)))


def _must_be_able(approval: Approval, person: User, among: Collection[StaffRole]) -> None:
    if approval.requested_by_id == person.pk:
        raise SamePerson(f"{person} asked for it")
    _must_be_active(person)
    if among and not has_role(person, *among):
        raise NotAllowed(f"{person} does not decide on {approval.kind}")
    _must_wait(approval)


def _must_be_active(person: User) -> None:
    if not User.objects.filter(pk=person.pk, is_active=True).exists():
        raise NotAllowed(f"{person} is disabled")


def _must_wait(approval: Approval) -> None:
    if approval.state != State.PENDING:
        raise AlreadyDecided(f"{approval} was decided already")


def _decide(
    approval: Approval, state: State, by: User | None, note: str, real_now: datetime
) -> None:
    waiting = Approval.objects.filter(pk=approval.pk, state=State.PENDING)
    note = note.strip()[:NOTE_LENGTH]
    if not waiting.update(state=state, decided_by=by, decided_at=real_now, decision_note=note):
        raise AlreadyDecided(f"{approval} was decided already")
    approval.refresh_from_db()
    _audit(f"approval.{DEEDS[state]}", approval, by)


DEEDS = {State.APPROVED: "approve", State.REJECTED: "reject", State.WITHDRAWN: "withdraw"}


def _audit(action: str, approval: Approval, actor: User | None) -> None:
    detail = {
        "kind": approval.kind,
        "object": f"{approval.object_type} {approval.object_key}",
        "amount_minor": approval.amount_minor,
        "note": approval.decision_note or approval.reason,
    }
    audit(action, approval, actor=actor, account=approval.account, detail=detail)
