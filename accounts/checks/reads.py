"""U02: every look of staff at a customer's data had a right: a live help session, or a role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from accounts.checks.privileged import TELLING_ROLES, told_roles
from accounts.models import AuditEvent
from accounts.staff import StaffRole
from core.integrity import MOST, Finding, Scope, findings

# A page asks for the session first and writes the event last; the clocks of two hosts differ.
SLACK = timedelta(seconds=60)
SEEING_MONEY = frozenset(
    {StaffRole.FINANCE, StaffRole.AUDITOR, StaffRole.CASHIER, StaffRole.BILLING_MANAGER}
)

IN_SESSION = """
SELECT 'event ' || e.id || ' ' || e.action,
       'user ' || COALESCE(CAST(e.actor_id AS text), '-')
           || ', customer ' || COALESCE(CAST(e.customer_id AS text), '-')
           || ' at ' || e.recorded_at,
       COALESCE('help session of user ' || g.employee_id || ' with customer ' || g.customer_id
           || ' until ' || COALESCE(g.ended_at, g.expires_at), 'a help session or a role')
FROM accounts_auditevent e LEFT JOIN accounts_assistancegrant g ON g.id = e.grant_id
WHERE {scope} AND (
    (e.kind = 'read' AND e.basis NOT IN ('grant', 'role'))
    OR (e.kind = 'read' AND (e.customer_id IS NULL OR e.actor_id IS NULL))
    OR (e.basis = 'grant' AND g.id IS NULL)
    OR (g.id IS NOT NULL AND (
        e.basis <> 'grant' OR e.actor_id IS NULL OR g.employee_id <> e.actor_id
        OR e.customer_id IS NULL OR g.customer_id <> e.customer_id
        OR e.recorded_at < {opened} OR e.recorded_at > {ended})))
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a person had no role that sees money; without end up to now."""

    actor_id: int
    starts_at: datetime | None
    ends_at: datetime | None


def had_a_right(scope: Scope) -> list[Finding]:
    """U02: a look names the session it lies in, of that person and customer, or a role held."""
    condition, parameters = _within(scope)
    opened, ended = (
        _shifted("g.opened_at", "-"),
        _shifted("COALESCE(g.ended_at, g.expires_at)", "+"),
    )
    sql = IN_SESSION.format(scope=condition, opened=opened, ended=ended)
    return [*findings(sql, parameters), *_by_role(scope)][:MOST]


def _within(scope: Scope) -> tuple[str, list[object]]:
    conditions, parameters = ["1 = 1"], list[object]()
    if scope.account_id is not None:
        conditions.append("e.account_id = %s")
        parameters.append(scope.account_id)
    if scope.since is not None:
        conditions.append("e.recorded_at >= %s")
        parameters.append(connection.ops.adapt_datetimefield_value(scope.since))
    return " AND ".join(conditions), parameters


def _shifted(column: str, sign: str) -> str:
    """Return the SQL of a moment, moved by the slack."""
    seconds = int(SLACK.total_seconds())
    if connection.vendor == "postgresql":
        return f"{column} {sign} interval '{seconds} seconds'"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {column}, '{sign}{seconds} seconds')"


def _by_role(scope: Scope) -> Iterator[Finding]:
    looks = AuditEvent.objects.filter(basis=AuditEvent.Basis.ROLE)
    if scope.account_id is not None:
        looks = looks.filter(account_id=scope.account_id)
    if scope.since is not None:
        looks = looks.filter(recorded_at__gte=scope.since)
    actors = looks.exclude(actor=None).order_by("actor").values_list("actor", flat=True).distinct()
    for actor_id in actors:
        for span in spans_without_role(actor_id):
            wrong = looks.filter(actor=actor_id)
            if span.starts_at:
                wrong = wrong.filter(recorded_at__gt=span.starts_at + SLACK)
            if span.ends_at:
                wrong = wrong.filter(recorded_at__lt=span.ends_at - SLACK)
            for event in wrong.order_by("pk")[:MOST]:
                yield Finding(
                    f"event {event.pk} {event.action}",
                    f"user {actor_id} by role at {event.recorded_at}",
                    "one of " + ", ".join(sorted(SEEING_MONEY)),
                )


def spans_without_role(actor_id: int) -> list[Span]:
    """Return when a person had none of the roles, as the audit trail tells it."""
    events = AuditEvent.objects.filter(
        object_type="accounts.user", object_key=str(actor_id), action__in=TELLING_ROLES
    ).order_by("pk")
    spans: list[Span] = []
    since: datetime | None = None
    may_see = False
    for event in events:
        now_may = not SEEING_MONEY.isdisjoint(told_roles(event.detail))
        if now_may and not may_see:
            spans.append(Span(actor_id, since, event.recorded_at))
        if may_see and not now_may:
            since = event.recorded_at
        may_see = now_may
    return spans if may_see else [*spans, Span(actor_id, since, None)]
