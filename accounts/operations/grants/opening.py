"""Opening a help session: one at a time, with a reason, and never for somebody close."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import grants
from accounts.models import AssistanceGrant, Customer, User
from accounts.operations import help_codes
from accounts.operations.audit import audit
from accounts.operations.grants.running import end_expired
from accounts.staff import StaffRole, has_role

Grant = AssistanceGrant
Channel = AssistanceGrant.Channel
CallerCheck = AssistanceGrant.CallerCheck
Told = Callable[[AssistanceGrant], None]

logger = logging.getLogger(__name__)


class Refusal(StrEnum):
    """Why a session was not opened."""

    NO_ROLE = "no_role"
    ALREADY_OPEN = "already_open"
    NOTE_TOO_SHORT = "note_too_short"
    CALLER_NOT_CHECKED = "caller_not_checked"
    NO_TICKET = "no_ticket"
    WRONG_CODE = "wrong_code"
    NOT_REVIEWED = "not_reviewed"


class GrantRefused(Exception):
    """The session is not opened; `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class ConflictOfInterest(Exception):
    """The employee is the customer, or close to them: a supervisor helps instead."""


class SupervisorOnly(ConflictOfInterest):
    """The customer works here, or is close to somebody who does: a supervisor helps."""


def open_grant(
    employee: User,
    customer: Customer,
    *,
    role: str,
    reason: str,
    note: str,
    channel: str,
    caller_check: str,
    ticket: str = "",
    help_code: str = "",
    real_now: datetime,
    told: Told | None = None,
) -> AssistanceGrant:
    """Open a help session of half an hour with one customer.

    An administrator gives a reason only. `told` runs in the same transaction.

    :raises GrantRefused: and says why
    :raises ConflictOfInterest: if the employee must not help this customer
    :raises TooManyAttempts: if help codes were tried too often
    """
    is_held = role in grants.HELPING and has_role(employee, StaffRole(role))
    _require(is_held, Refusal.NO_ROLE)
    if role != StaffRole.ADMINISTRATOR:
        is_checked = channel != Channel.NONE and caller_check != CallerCheck.NONE
        _require(is_checked, Refusal.CALLER_NOT_CHECKED)
    _require(caller_check != CallerCheck.TICKET or bool(ticket.strip()), Refusal.NO_TICKET)
    if caller_check == CallerCheck.CODE:
        help_codes.count_try(employee, customer, real_now=real_now)  # stays when the rest does not
    grant = Grant(
        role=role,
        reason=Grant.Reason(reason),
        channel=Channel(channel),
        caller_check=CallerCheck(caller_check),
        ticket=ticket.strip(),
    )
    with transaction.atomic():
        if caller_check == CallerCheck.CODE:
            is_right = help_codes.use(customer, help_code, real_now=real_now)
            _require(is_right, Refusal.WRONG_CODE)
        return _open(grant, employee, customer, note=note, real_now=real_now, told=told)


@transaction.atomic
def open_emergency(
    employee: User,
    customer: Customer,
    *,
    note: str,
    real_now: datetime,
    told: Told | None = None,
) -> AssistanceGrant:
    """Open a session at once, without ticket or caller check; another person reviews it after.

    :raises GrantRefused: without one of `EMERGENCY_ROLES`, or while an earlier one is not reviewed
    :raises ConflictOfInterest: as for every session
    """
    held = [role for role in settings.EMERGENCY_ROLES if has_role(employee, StaffRole(role))]
    _require(bool(held), Refusal.NO_ROLE)
    _require(not grants.unreviewed_emergencies(employee).exists(), Refusal.NOT_REVIEWED)
    grant = Grant(
        role=held[0],
        reason=Grant.Reason.OTHER,
        channel=Channel.NONE,
        caller_check=CallerCheck.NONE,
        is_emergency=True,
    )
    return _open(grant, employee, customer, note=note, real_now=real_now, told=told)


@transaction.atomic
def _open(
    grant: AssistanceGrant,
    employee: User,
    customer: Customer,
    *,
    note: str,
    real_now: datetime,
    told: Told | None,
) -> AssistanceGrant:
    _require(len(note.strip()) >= grants.SHORTEST_NOTE, Refusal.NOTE_TOO_SHORT)
    _refuse_conflict(grant.role, employee, customer, real_now)
    end_expired(employee=employee, real_now=real_now)
    grant.employee, grant.customer, grant.note = employee, customer, note.strip()
    grant.opened_at, grant.expires_at = real_now, real_now + grants.LENGTH
    grant.last_possible_at = real_now + grants.LONGEST
    _insert(grant)
    _record(grant)
    if told:
        told(grant)
    return grant


def _refuse_conflict(role: str, employee: User, customer: Customer, real_now: datetime) -> None:
    if grants.is_close(employee, customer, real_now):
        raise ConflictOfInterest
    if role not in grants.SUPERVISING and grants.is_close_to_staff(customer, real_now):
        raise SupervisorOnly


def _insert(grant: AssistanceGrant) -> None:
    """Write the row; the database refuses a second open one, however they race."""
    try:
        with transaction.atomic():
            grant.save(force_insert=True)
    except IntegrityError as error:
        if not Grant.objects.filter(employee=grant.employee, ended_at__isnull=True).exists():
            raise
        raise GrantRefused(Refusal.ALREADY_OPEN) from error


def _record(grant: AssistanceGrant) -> None:
    action = "help.emergency" if grant.is_emergency else "help.open"
    detail = {
        "reason": str(grant.reason),
        "channel": str(grant.channel),
        "caller_check": str(grant.caller_check),
        "role": grant.role,
    }
    audit(action, grant, actor=grant.employee, grant=grant, detail=detail)
    log = logger.warning if grant.is_emergency else logger.info
    log(action, extra={"grant": grant.pk, "employee": grant.employee_id})
    _watch_numbers(grant)


def _watch_numbers(grant: AssistanceGrant) -> None:
    """Raise an alert when somebody opens more sessions in a day than their work explains."""
    lately = Grant.objects.filter(
        employee=grant.employee, opened_at__gt=grant.opened_at - grants.A_DAY
    )
    unproven = lately.exclude(caller_check__in=[CallerCheck.CODE, CallerCheck.TICKET])
    counts = {"sessions": lately.count(), "without_ticket_or_code": unproven.count()}
    too_many = counts["sessions"] > grants.MANY_A_DAY
    if too_many or counts["without_ticket_or_code"] > grants.MANY_UNPROVEN_A_DAY:
        audit("help.many", grant, actor=grant.employee, grant=grant, detail=counts)
        logger.warning("help.many", extra={"employee": grant.employee_id, **counts})


def _require(is_met: bool, otherwise: Refusal) -> None:
    if not is_met:
        raise GrantRefused(otherwise)
