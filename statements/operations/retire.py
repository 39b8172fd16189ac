"""Taking a plan out of the offer: what becomes of its customers is decided, then done.

They stay on it until their next billing period, or for good, as was decided; nobody is without a
plan on any day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from core.periods import local_date
from meters.models import CustomerAgreement
from statements.models import PlanAssignment
from statements.operations.assign import NotAssignable, assign_plan, next_cycle, version_on
from tariffs import operations
from tariffs.models import Plan
from tariffs.status import ItemStatus, with_status

CHUNK = 500


class Undecided(operations.NotPossible):
    """Customers have the plan, and nobody has said what becomes of them."""


@dataclass
class Moved:
    """What moving customers to successors came to."""

    moved: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)  # agreement, why


@transaction.atomic
def retire_plan(
    plan: Plan,
    *,
    afterwards: Plan.Afterwards,
    successor: Plan | None = None,
    actor: User | None,
    at: datetime,
    today: date,
    reason: str,
) -> None:
    """Offer a plan to nobody any more, and decide what becomes of those who have it.

    :param today: the day where the utility is
    :raises Undecided: if somebody has it and nothing is decided
    :raises tariffs.operations.NotPossible: if it is off already, no reason is given, or the
        successor is not offered
    """
    if afterwards == Plan.Afterwards.UNDECIDED and holders(plan).exists():
        count = holders(plan).count()
        words = {"plan": plan, "count": count}
        raise Undecided(
            _("%(plan)s has %(count)s customers: name a successor, or let them keep it.") % words
        )
    if (afterwards == Plan.Afterwards.SUCCESSOR) != (successor is not None):
        raise operations.NotPossible(_("Name the successor, and only where there is one."))
    if successor is not None:
        _refuse_unfit(plan, successor, today)
    operations.deactivate(plan, actor=actor, at=at, reason=reason)
    plan.refresh_from_db()
    plan.afterwards, plan.successor = afterwards, successor
    plan.save(update_fields=["afterwards", "successor"])


def holders(plan: Plan) -> QuerySet[PlanAssignment]:
    """Return the assignments of a plan that have no end."""
    return PlanAssignment.objects.filter(plan_version__plan=plan, ends_at=None)


def move_to_successors(*, now: datetime, today: date) -> Moved:
    """Give all who have a retired or expired plan its successor, from their next period on.

    May be repeated: who is moved already has an end on the old plan. One that cannot be moved
    keeps the plan, and is told.
    """
    found = Moved()
    for plan in _left(today):
        for agreement in _holding(plan):
            _move(agreement, plan, now, found)
    return found


def _left(today: date) -> QuerySet[Plan]:
    named = Plan.objects.filter(afterwards=Plan.Afterwards.SUCCESSOR)
    gone = with_status(named, today).filter(
        Q(status=ItemStatus.EXPIRED) | Q(status=ItemStatus.INACTIVE)
    )
    return gone.select_related("successor").order_by("pk")


def _holding(plan: Plan) -> Iterator[CustomerAgreement]:
    keys = list(holders(plan).values_list("agreement_id", flat=True).order_by("agreement_id"))
    for start in range(0, len(keys), CHUNK):
        rows = CustomerAgreement.objects.filter(pk__in=keys[start : start + CHUNK])
        yield from rows.select_related("usage_point__location").order_by("pk")


def _move(agreement: CustomerAgreement, plan: Plan, now: datetime, found: Moved) -> None:
    starts_at = next_cycle(agreement, now=now)
    if agreement.ends_at is not None and agreement.ends_at <= starts_at:
        return
    day = local_date(starts_at, agreement.usage_point.location.zone)
    version = version_on(plan.successor, day) if plan.successor else None
    try:
        if version is None:
            raise NotAssignable(_("%(plan)s has no version on %(day)s.") % {
                "plan": plan.successor, "day": formats.day(day),
            })  # fmt: skip
        reason = _("%(plan)s follows %(before)s.") % {"plan": plan.successor, "before": plan}
        assign_plan(agreement, version, starts_at=starts_at, actor=None, reason=reason)
    except NotAssignable as error:
        found.refused.append((agreement.pk, str(error)))
    else:
        found.moved += 1


def _refuse_unfit(plan: Plan, successor: Plan, today: date) -> None:
    if successor.pk == plan.pk:
        raise operations.NotPossible(_("%s cannot succeed itself.") % plan)
    status = with_status(Plan.objects.filter(pk=successor.pk), today).get().status
    if status not in (ItemStatus.ACTIVE, ItemStatus.SCHEDULED):
        raise operations.NotPossible(_("%s is not offered, so nobody can move to it.") % successor)
