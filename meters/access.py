"""The only way from an employee and an address to a meter; everybody else gets 404."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.staff import StaffRole, has_role
from meters.models import Meter, ReadingException

WORKING = (StaffRole.METER_EMPLOYEE, StaffRole.ADMINISTRATOR)
READING = (
    *WORKING,
    StaffRole.BILLING_SPECIALIST,
    StaffRole.BILLING_MANAGER,
    StaffRole.AUDITOR,
)

Person = User | AnonymousUser


def may_read(user: Person) -> bool:
    """Say whether this person sees meters, places and readings of everybody."""
    return has_role(user, *READING)


def may_work(user: Person) -> bool:
    """Say whether this person installs and removes meters, and decides about readings."""
    return has_role(user, *WORKING)


def meters_for(user: Person) -> QuerySet[Meter]:
    """Return the meters that this person sees.

    :raises Http404: for those who see none
    """
    if not may_read(user):
        raise Http404
    return Meter.objects.all()


def meter_for(user: Person, serial: str) -> Meter:
    """Return a meter by its serial number.

    :raises Http404: if there is none, and for those who see none
    """
    try:
        return meters_for(user).select_related("register_map", "connection").get(serial=serial)
    except Meter.DoesNotExist as error:
        raise Http404 from error


def meter_to_change(user: Person, serial: str) -> Meter:
    """Return a meter for those who install and remove meters.

    :raises Http404: for everybody else, and if there is none
    """
    if not may_work(user):
        raise Http404
    return meter_for(user, serial)


def exceptions_of(meter: Meter) -> QuerySet[ReadingException]:
    """Return what the rules said of a meter's readings; a conflict names its channel only."""
    return ReadingException.objects.filter(Q(meter=meter) | Q(channel__meter=meter))


def exception_to_decide(user: Person, serial: str, pk: int) -> ReadingException:
    """Return an exception of a meter for those who decide about readings.

    :raises Http404: for everybody else, and if the meter has no such exception
    """
    found = exceptions_of(meter_to_change(user, serial)).filter(pk=pk)
    try:
        return found.select_related("channel", "resolved_by").get()
    except ReadingException.DoesNotExist as error:
        raise Http404 from error
