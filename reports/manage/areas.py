"""The areas of an administrator: how much there is, what troubles it, and where to act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max, Min, Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Approval, CustomerAccount, User, Utility
from accounts.operations.people.changing import KIND as ROLE_CHANGE
from accounts.staff import StaffRole, has_role
from core import formats
from core.models import JobRun
from meters.models import Meter, MeterConnection
from notifications.models import Delivery
from reports.manage import kept
from statements.models import RunItem

SEEING = (StaffRole.ADMINISTRATOR, StaffRole.AUDITOR)
BOOKS_LATE = timedelta(hours=36)  # they are checked every night


@dataclass(frozen=True)
class Area:
    """One line of the page: `trouble` is empty while all is well; `since` is of its oldest."""

    word: str
    figure: str
    trouble: str
    since: datetime | None
    address: str

    @property
    def is_well(self) -> bool:
        return not self.trouble


def areas(user: User | AnonymousUser, *, real_now: datetime) -> list[Area]:
    """Return all areas; one or two queries for each.

    :param real_now: the moment of the page, for what is late
    :raises Http404: for those who neither administer nor audit
    """
    if not has_role(user, *SEEING):
        raise Http404
    return [make(real_now) for make in AREAS]


def _customers(now: datetime) -> Area:
    opened = CustomerAccount.objects.filter(status=CustomerAccount.Status.OPEN).count()
    parked = RunItem.objects.filter(state=RunItem.State.PARKED)
    found = parked.aggregate(n=Count("account", distinct=True), since=Min("run__recorded_at"))
    words = ngettext("%(n)s account was not billed", "%(n)s accounts were not billed", found["n"])
    return _area(_("Open accounts"), opened, words, found, "reports:health")


def _meters(now: datetime) -> Area:
    installed = Meter.objects.filter(state=Meter.State.INSTALLED).count()
    silent = MeterConnection.objects.filter(
        state__in=[MeterConnection.State.SILENT, MeterConnection.State.QUARANTINED]
    )
    found = silent.aggregate(n=Count("pk"), since=Min("last_seen_at"))
    words = ngettext("%(n)s meter is silent", "%(n)s meters are silent", found["n"])
    return _area(_("Installed meters"), installed, words, found, "reports:health")


def _people(now: datetime) -> Area:
    here = User.objects.filter(is_staff=True, is_active=True).count()
    asked = Approval.objects.filter(kind=ROLE_CHANGE, state=Approval.State.PENDING)
    found = asked.aggregate(n=Count("pk"), since=Min("requested_at"))
    words = ngettext(
        "%(n)s change of roles waits for approval",
        "%(n)s changes of roles wait for approval",
        found["n"],
    )
    return _area(_("People who work here"), here, words, found, "people")


def _jobs(now: datetime) -> Area:
    newest = JobRun.objects.values("name").annotate(at=Max("scheduled_for"))
    wanted = Q(pk=None)
    for row in newest:
        wanted |= Q(name=row["name"], scheduled_for=row["at"])
    failed = Count("pk", filter=Q(state=JobRun.State.FAILED))
    since = Min("scheduled_for", filter=Q(state=JobRun.State.FAILED))
    found = JobRun.objects.filter(wanted).aggregate(all=Count("pk"), n=failed, since=since)
    words = ngettext("%(n)s job failed last time", "%(n)s jobs failed last time", found["n"])
    return _area(_("Jobs of the timetable"), found["all"], words, found, "reports:health")


def _mails(now: datetime) -> Area:
    waits = Q(state__in=[Delivery.State.PENDING, Delivery.State.SENDING])
    failed = Q(state=Delivery.State.FAILED)
    found = Delivery.objects.filter(waits | failed).aggregate(
        all=Count("pk", filter=waits),
        n=Count("pk", filter=failed),
        since=Min("notice__created_at", filter=failed),
    )
    words = ngettext("%(n)s mail could not be sent", "%(n)s mails could not be sent", found["n"])
    return _area(_("Mails to be sent"), found["all"], words, found, "reports:health")


def _books(now: datetime) -> Area:
    word, address = _("Rules that the money keeps"), reverse("reports:health")
    books = kept.last()
    if books is None:
        told = _("They were not checked yet: a job does it every night")
        return Area(word, "–", told, None, address)
    figure = formats.number(books.checks)
    if books.violated:
        codes = {"codes": ", ".join(sorted(books.violated))}
        return Area(word, figure, _("Violated: %(codes)s") % codes, books.at, address)
    is_late = now - books.at > BOOKS_LATE
    told = _("They were not checked since") if is_late else ""
    return Area(word, figure, told, books.at, address)


def _settings(now: datetime) -> Area:
    changed = Utility.history.aggregate(n=Count("pk"), at=Max("history_date"))
    figure = formats.number(changed["n"])
    return Area(_("Changes of the settings"), figure, "", changed["at"], reverse("settings"))


AREAS: Sequence[Callable[[datetime], Area]] = (
    _customers,
    _meters,
    _people,
    _settings,
    _jobs,
    _mails,
    _books,
)


def _area(word: str, count: int, words: str, found: dict[str, object], page: str) -> Area:
    trouble = words % {"n": formats.number(int(str(found["n"])))} if found["n"] else ""
    since = found["since"] if isinstance(found["since"], datetime) else None
    return Area(word, formats.number(count), trouble, since, reverse(page))
