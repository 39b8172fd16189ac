"""Reads of the help pages that belong to no single customer page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from accounts import grants, looked
from accounts.models import AssistanceGrant, AuditEvent, Customer, CustomerAccount, User
from accounts.staff import StaffRole

Grant = AssistanceGrant
MOST = 100  # rows of a list of the report


def first_account(customer: Customer) -> CustomerAccount | None:
    """Return the account whose inbox hears of the customer: open before closed, oldest first."""
    mine = CustomerAccount.objects.filter(customer=customer)
    return mine.order_by("-status", "opened_on", "pk").first()  # "open" before "closed"


def administrators_but(employee: User) -> dict[str, list[str]]:
    """Return the addresses of all active administrators but one person, by their language."""
    is_one = Q(groups__name=StaffRole.ADMINISTRATOR.value) | Q(is_superuser=True)
    people = User.objects.filter(is_one, is_active=True, is_staff=True).exclude(pk=employee.pk)
    found: dict[str, list[str]] = {}
    for language, email in people.distinct().order_by("email").values_list("language", "email"):
        found.setdefault(language, []).append(email)
    return found


def sessions() -> QuerySet[Grant]:
    """Return all sessions with people and the objections of customers, the newest first."""
    objected = AuditEvent.objects.filter(
        action="help.objection", customer=OuterRef("customer"), object_key=OuterRef("key")
    )
    rows = Grant.objects.select_related("employee", "customer", "reviewed_by")
    keyed = rows.annotate(key=Cast("pk", CharField()))
    return keyed.annotate(is_objected_to=Exists(objected)).order_by("-opened_at", "-pk")


def waiting_for_review() -> list[Grant]:
    """Return the emergencies that nobody has reviewed yet, the oldest first."""
    return list(
        sessions().filter(is_emergency=True, reviewed_at__isnull=True).order_by("opened_at")
    )


def by_employee(since: datetime) -> list[dict[str, Any]]:
    """Return each employee with the sessions they opened since a moment, the busiest first."""
    checks = Grant.CallerCheck
    lately = Q(assistance_grants__opened_at__gte=since)
    proven = Q(assistance_grants__caller_check__in=[checks.CODE, checks.TICKET])
    emergency = Q(assistance_grants__is_emergency=True)
    counted = User.objects.filter(lately).values("name", "email")
    rows = counted.annotate(
        sessions=Count("assistance_grants", filter=lately),
        unproven=Count("assistance_grants", filter=lately & ~proven),
        emergencies=Count("assistance_grants", filter=lately & emergency),
    )
    return [dict(row) for row in rows.order_by("-sessions", "email")]


def alerts(since: datetime) -> list[AuditEvent]:
    """Return what raised an alert since a moment: too many sessions, and objections."""
    events = AuditEvent.objects.filter(
        action__in=["help.many", "help.objection", "help.emergency"], recorded_at__gte=since
    )
    return list(events.select_related("actor", "customer").order_by("-pk")[:MOST])


def events_of(grant: Grant) -> list[AuditEvent]:
    """Return what was seen and done in a session, as it happened."""
    return list(AuditEvent.objects.filter(grant=grant).order_by("pk")[:MOST])


def others_helping(grant: Grant, real_now: datetime) -> int:
    """Return how many other employees have a session with the same customer now."""
    running = grants.running(real_now).filter(customer=grant.customer)
    return running.exclude(pk=grant.pk).count()


def told_events(grant: Grant) -> list[tuple[AuditEvent, str]]:
    """Return what was seen and done in a session, each with its words."""
    return [(event, looked.words(event)) for event in events_of(grant)]


def objections_to(grant: Grant) -> list[AuditEvent]:
    """Return what the customer said of a session."""
    said = AuditEvent.objects.filter(action="help.objection", customer=grant.customer)
    return list(said.filter(object_key=str(grant.pk)).order_by("pk"))
