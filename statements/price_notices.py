"""What billing managers and administrators are told of prices that end: soon, and once they have.

One message holds all that ends, in the language of its reader; each end is told once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.staff import StaffRole, people_with
from core import formats
from core.models import Job
from notifications.operations import Draft, announce
from statements.pricing import ending
from tariffs.models import IN_FORCE, Plan, PlanTariff, Tariff
from tariffs.operations import note_expired

ENDING, EXPIRED = "prices.ending", "prices.expired"
TOLD = (StaffRole.BILLING_MANAGER, StaffRole.ADMINISTRATOR)


@dataclass(frozen=True)
class End:
    """A plan, or a tariff that plans use, and the first day without it."""

    item: Tariff | Plan
    ends_on: date
    plans: Sequence[str]  # that use the tariff

    @property
    def key(self) -> str:
        noun = "tariff" if isinstance(self.item, Tariff) else "plan"
        return f"{noun}:{self.item.pk}:{self.ends_on.isoformat()}"


@transaction.atomic
def note_and_tell_expired(*, today: date, at: datetime) -> list[Tariff | Plan]:
    """Note what has expired, and tell of it in the same transaction.

    :param today: the day where the utility is
    :return: what was not noted before
    """
    noted = note_expired(today=today, at=at)
    ends = _ends(noted, today)
    if ends:
        announce([_draft(EXPIRED, ends, person) for person in people_with(*TOLD)], now=at)
    return noted


@transaction.atomic
def tell_ending(*, today: date, at: datetime, real_now: datetime) -> None:
    """Tell of what ends within `PRICE_END_NOTICE_DAYS` and has no version after it.

    :param today: the day where the utility is
    """
    within = settings.PRICE_END_NOTICE_DAYS
    people = list(people_with(*TOLD))
    if not within or not people:
        return
    items = [
        *ending.expiring(ending.tariffs(), today, within),
        *ending.expiring(ending.plans(), today, within),
    ]
    new = [end for end in _ends(items, today) if _is_new(end, real_now)]
    if new:
        announce([_draft(ENDING, new, person) for person in people], now=at)


def _is_new(end: End, real_now: datetime) -> bool:
    """Remember that an end is told; the row is what makes it once."""
    done = {"kind": ENDING, "state": Job.State.DONE, "finished_at": real_now}
    _job, is_new = Job.objects.get_or_create(key=f"{ENDING}:{end.key}", defaults=done)
    return is_new


def _ends(items: Iterable[Tariff | Plan], today: date) -> list[End]:
    """Return the ends of plans, and of those tariffs that a plan uses; the first one first."""
    found = list(items)
    plans = _using([item.pk for item in found if isinstance(item, Tariff)], today)
    ends = [
        End(item, _last_end(item), plans.get(item.pk, []) if isinstance(item, Tariff) else [])
        for item in found
    ]
    told = [end for end in ends if end.plans or isinstance(end.item, Plan)]
    return sorted(told, key=lambda end: (end.ends_on, end.item.name))


def _last_end(item: Tariff | Plan) -> date:
    last = item.versions.in_force().order_by("-ends_on").first()
    assert last is not None and last.ends_on is not None  # noqa: S101  it ends
    return last.ends_on


def _using(tariffs: Sequence[int], today: date) -> dict[int, list[str]]:
    """Return by tariff the names of the plans that use it and have not ended."""
    rows = PlanTariff.objects.filter(
        Q(plan_version__ends_on__isnull=True) | Q(plan_version__ends_on__gt=today),
        tariff__in=tariffs,
        scope=PlanTariff.Scope.SERVICE,
        plan_version__state__in=IN_FORCE,
    )
    names = rows.values_list("tariff_id", "plan_version__plan__name").distinct()
    found: dict[int, list[str]] = defaultdict(list)
    for tariff, name in names.order_by("plan_version__plan__name"):
        found[tariff].append(name)
    return found


def _draft(kind: str, ends: Sequence[End], person: User) -> Draft:
    with translation.override(person.language):
        return Draft(
            account_id=None,
            user_id=person.pk,
            kind=kind,
            key=f"{kind}:{ends[0].key}:{person.pk}",
            subject=_subject(kind, len(ends)),
            body="\n\n".join([_opening(kind), *map(_line, ends)]),
            language=person.language,
            link=reverse("statements:price_overview"),
            addresses=(person.email,),
        )


def _subject(kind: str, count: int) -> str:
    if kind == EXPIRED:
        told = ngettext(
            "%(count)s tariff or plan has ended", "%(count)s tariffs or plans have ended", count
        )
    else:
        told = ngettext(
            "%(count)s tariff or plan ends soon", "%(count)s tariffs or plans end soon", count
        )
    return told % {"count": formats.number(count)}


def _opening(kind: str) -> str:
    if kind == EXPIRED:
        return _("These have ended. Publish a next version, or give their customers another plan.")
    return _("These end soon, and no version follows. Publish a next version before they do.")


def _line(end: End) -> str:
    told = {
        "name": end.item.name,
        "day": formats.day(end.ends_on - timedelta(days=1)),
        "plans": ", ".join(end.plans),
    }
    if isinstance(end.item, Plan):
        return _("Plan %(name)s: the last day is %(day)s.") % told
    return _("Tariff %(name)s: the last day is %(day)s. Plans that use it: %(plans)s.") % told
