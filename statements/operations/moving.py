"""Moving the customers of one plan to another, each from their next billing period on.

Whether the plan fits is asked once for all who are alike: of one category and area on one day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import AccountCategory, ConsumerCategory, ServiceArea, User
from accounts.queries import people_to_tell, utility
from core import clock
from core.jobs import claim, settle, worker_name
from core.models import Job
from core.periods import local_date
from meters.models import CustomerAgreement, LocationArea
from notifications.operations import announce
from statements import plan_notices
from statements.models import PlanAssignment, StatementCoverage
from statements.operations.assign import NotAssignable, assign_plan, next_cycle
from statements.operations.retire import holders
from statements.operations.switching import offered
from tariffs.models import Plan

KIND = "plan.move"
CHUNK = 50
LEASE = timedelta(minutes=5)
MOST_TRIES = 5


@dataclass(frozen=True)
class Choice:
    """Whom to move: everybody with a plan, or those of a category or area and below it."""

    source: Plan
    target: Plan
    category: ConsumerCategory | None = None
    area: ServiceArea | None = None


@dataclass(frozen=True)
class Move:
    """What would become of one agreement; `why_not` says why nothing, or is empty."""

    agreement_id: int
    account: str  # its number
    starts_on: date
    why_not: str


def moves(choice: Choice, *, now: datetime) -> list[Move]:
    """Foresee the move of each agreement, by account; a constant number of queries, and a few for
    each kind of customer.
    """
    found = list(_chosen(choice, now))
    fits = _fitting(choice.target)
    billed = _billed_until([each.pk for each in found])
    return [_move(each, fits, billed.get(each.pk), now) for each in found]


def reasons(found: Iterable[Move]) -> list[tuple[str, int]]:
    """Count why some stay, the most frequent first."""
    return Counter(each.why_not for each in found if each.why_not).most_common()


def start(
    choice: Choice, found: Sequence[Move], *, token: UUID, by: User, real_now: datetime
) -> Job:
    """Keep that those who fit are moved; the same token starts it once.

    Workers do it in chunks, and `advance` does the first of them at once.
    """
    keys = [each.agreement_id for each in found if not each.why_not]
    job, _is_new = Job.objects.get_or_create(
        key=key_of(token, by),
        defaults={
            "kind": KIND,
            "arguments": {"target": choice.target.pk, "source": choice.source.pk, "keys": keys,
                          "by": by.pk},
            "result": {"rows": []},
            "all_steps": len(keys),
            "due_at": real_now,
        },
    )  # fmt: skip
    return job


def key_of(token: UUID, by: User) -> str:
    return f"{KIND}:{by.pk}:{token}"


def waiting() -> QuerySet[Job]:
    """Return the moves that are not finished."""
    return Job.objects.filter(kind=KIND, state__in=[Job.State.PENDING, Job.State.RUNNING])


def advance(jobs: QuerySet[Job], *, now: datetime) -> bool:
    """Do one chunk of a move that nobody else is at, and say whether there was one."""
    owner = worker_name()
    claimed = claim(jobs, owner=owner, limit=1, lease=LEASE, state=Job.State.RUNNING)
    for job in claimed:
        if job.attempts > MOST_TRIES + job.all_steps // CHUNK:
            settle(job, owner=owner, state=Job.State.FAILED, finished_at=clock.real_now())
        else:
            _chunk(job, owner, now)
    return bool(claimed)


@transaction.atomic
def _chunk(job: Job, owner: str, now: datetime) -> None:
    keys = job.arguments["keys"][job.done_steps : job.done_steps + CHUNK]
    target = Plan.objects.get(pk=job.arguments["target"])
    actor = User.objects.get(pk=job.arguments["by"])
    agreements = {
        each.pk: each for each in _with_place(CustomerAgreement.objects.filter(pk__in=keys))
    }
    rows, given = list(job.result["rows"]), list[PlanAssignment]()
    for key in keys:
        why_not = _assign(agreements[key], target, job, actor, now, given)
        rows.append([agreements[key].account.number, why_not])
    _tell(given, now)
    done = job.done_steps + len(keys)
    is_over = done >= job.all_steps
    settle(
        job,
        owner=owner,
        done_steps=done,
        result={"rows": rows},
        state=Job.State.DONE if is_over else Job.State.PENDING,
        finished_at=clock.real_now() if is_over else None,
    )


def _assign(
    agreement: CustomerAgreement,
    target: Plan,
    job: Job,
    actor: User,
    now: datetime,
    given: list[PlanAssignment],
) -> str:
    """Give one agreement the plan, and return why not, or nothing."""
    starts_at = next_cycle(agreement, now=now)
    if not holders(Plan(pk=job.arguments["source"])).filter(agreement=agreement).exists():
        return _("It has another plan by now.")
    try:
        version = offered(agreement, target, starts_at)
        with transaction.atomic():
            given.append(assign_plan(agreement, version, starts_at=starts_at, actor=actor))
    except NotAssignable as error:
        return str(error)
    return ""


def _tell(given: Sequence[PlanAssignment], now: datetime) -> None:
    people = people_to_tell({each.agreement.account_id for each in given}, clock.real_now())
    drafts = [plan_notices.switched(each, people[each.agreement.account_id]) for each in given]
    announce(drafts, now=now)


def _chosen(choice: Choice, now: datetime) -> QuerySet[CustomerAgreement]:
    """Return the agreements, with category and area of each when the next month begins."""
    held = holders(choice.source).values("agreement")
    rows = CustomerAgreement.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), pk__in=held
    )
    day = _next_month(local_date(now, utility().zone))
    categories = AccountCategory.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day),
        account=OuterRef("account"),
        starts_on__lte=day,
    )
    areas = LocationArea.objects.filter(
        location=OuterRef("usage_point__location"), commodity=OuterRef("usage_point__commodity")
    )
    rows = rows.annotate(
        category=Subquery(categories.values("category")[:1]),
        area=Subquery(areas.values("area")[:1]),
    )
    if choice.category:
        rows = rows.filter(category__in=_below(choice.category))
    if choice.area:
        rows = rows.filter(area__in=_below(choice.area))
    return _with_place(rows).order_by("account__number", "pk")


def _below(node: ConsumerCategory | ServiceArea) -> list[int]:
    """Return a category or area and all below it."""
    rows = list(type(node).objects.values_list("pk", "parent_id"))
    found, new = {node.pk}, {node.pk}
    while new:
        new = {pk for pk, parent in rows if parent in new} - found
        found |= new
    return sorted(found)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _with_place(rows: QuerySet[CustomerAgreement]) -> QuerySet[CustomerAgreement]:
    return rows.select_related("account__customer", "usage_point__location")


def _billed_until(agreements: Sequence[int]) -> dict[int, datetime]:
    covered = StatementCoverage.objects.filter(agreement__one_of=agreements, live=True)
    return dict(covered.values_list("agreement").annotate(Max("ends_at")).order_by())


def _fitting(target: Plan) -> Callable[[CustomerAgreement, datetime], str]:
    """Return what says why the plan does not fit; asked once for customers who are alike."""
    known: dict[tuple[object, ...], str] = {}

    def why_not(agreement: CustomerAgreement, starts_at: datetime) -> str:
        point, alike = agreement.usage_point, vars(agreement)
        key = (point.commodity, starts_at, alike["category"], alike["area"])
        if key not in known:
            try:
                offered(agreement, target, starts_at)
                known[key] = ""
            except NotAssignable as error:
                known[key] = str(error)
        return known[key]

    return why_not


def _move(
    agreement: CustomerAgreement,
    fits: Callable[[CustomerAgreement, datetime], str],
    billed: datetime | None,
    now: datetime,
) -> Move:
    starts_at = next_cycle(agreement, now=now)
    if agreement.ends_at is not None and agreement.ends_at <= starts_at:
        why_not = _("It ends before its next billing period.")
    elif billed is not None and billed > starts_at:
        why_not = _("Its next billing period is billed already.")
    else:
        why_not = fits(agreement, starts_at)
    day = local_date(starts_at, agreement.usage_point.location.zone)
    return Move(agreement.pk, agreement.account.number, day, why_not)
