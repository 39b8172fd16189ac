"""Putting prices and plans into force, with what only statements know: how far they are billed.

Where `TARIFF_APPROVAL` is second_person, one person asks for it and another does it; the author
may ask and does not approve. A command that an operator runs counts as the system.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from accounts.models import Approval, User
from accounts.operations import approvals
from accounts.operations.approvals import SamePerson
from accounts.queries import utility
from accounts.staff import StaffRole
from core import clock
from core.periods import local_date
from statements.models import Statement, StatementCoverage, StatementLine
from statements.operations import notice_period, shadow_first
from tariffs import operations
from tariffs.models import Plan, PlanVersion, Tariff, TariffVersion, VersionState

KIND, PLAN_KIND = operations.TARIFF_KIND, operations.PLAN_KIND
DECIDING = (StaffRole.BILLING_MANAGER, StaffRole.ADMINISTRATOR)
Version = TariffVersion | PlanVersion


class SecondPersonNeeded(Exception):
    """A person may not put prices into force alone: they ask, and another approves."""


def needs_second_person() -> bool:
    """Say whether prices need two people; a setting that is misspelt does not lift it."""
    return settings.TARIFF_APPROVAL != "author"


def kind_of(version: Version) -> str:
    """Return the kind of approval that this version waits for."""
    return operations.review_kind(version)


@transaction.atomic
def ask_to_publish(version: Version, *, requested_by: User, reason: str = "") -> Approval:
    """Ask another person to put a draft into force; until they do it is in review.

    :raises NotPublishable: if it is no draft any more; `ShadowMissing` if it was to be tried
    :raises AlreadyAsked: of `approvals`, if somebody has asked already
    """
    if version.state not in operations.PUBLISHABLE:
        raise operations.NotPublishable(
            _("%(version)s is not a draft any more.") % {"version": version}
        )
    shadow_first.refuse_untried(version)
    return operations.ask_for_review(
        version,
        requested_by=requested_by,
        at=clock.now(),
        real_now=clock.real_now(),
        reason=reason,
    )


@transaction.atomic
def approve_publication(
    version: Version, *, asked: Approval, approver: User, published_at: datetime
) -> None:
    """Put into force what another person asked for.

    :raises SamePerson: if the approver asked for it, or had a hand in the prices
    :raises NotAllowed, AlreadyDecided, ChangedSince: of `approvals`
    :raises NotPublishable, TariffError: as `publish`; nothing is decided then
    """
    _lock(version)
    if operations.has_written(version, approver):
        raise SamePerson(f"{approver} wrote {version}")
    approvals.approve(
        asked,
        decided_by=approver,
        real_now=clock.real_now(),
        fingerprint=version.digest,
        among=DECIDING,
    )
    _put_into_force(version, approver, published_at)


@transaction.atomic
def send_back(asked: Approval, version: Version, *, by: User, note: str, now: datetime) -> None:
    """Refuse what another person asked for; it is a draft again.

    :raises NotAllowed, AlreadyDecided, ReasonMissing: of `approvals`
    """
    approvals.reject(asked, decided_by=by, note=note, real_now=clock.real_now(), among=DECIDING)
    _back_to_draft(version, by, now, note)


@transaction.atomic
def take_back(asked: Approval, version: Version, *, by: User, now: datetime) -> None:
    """Ask no more; it is a draft again.

    :raises NotAllowed, AlreadyDecided: of `approvals`
    """
    approvals.withdraw(asked, withdrawn_by=by, real_now=clock.real_now())
    _back_to_draft(version, by, now, "")


def _lock(version: Version) -> None:
    if isinstance(version, TariffVersion):
        tariffs = TariffVersion.objects.select_for_update(of=("self",))
        version.refresh_from_db(from_queryset=tariffs)
    else:
        plans = PlanVersion.objects.select_for_update(of=("self",))
        version.refresh_from_db(from_queryset=plans)


def _back_to_draft(version: Version, by: User, now: datetime, note: str) -> None:
    if version.state == VersionState.IN_REVIEW:
        operations.send_back(version, actor=by, at=now, reason=note)


@transaction.atomic
def publish(version: Version, *, approver: User | None, published_at: datetime) -> None:
    """Put a draft into force; the version before it ends no earlier than it is billed.

    :param approver: the person who does it alone, where that is allowed; None for the system
    :raises SecondPersonNeeded: if a person may not do it alone
    :raises tariffs.operations.NotPublishable: as `tariffs.operations.publish`, and
        `NoticeTooShort` where a person would leave customers less notice than is asked for,
        `ShadowMissing` where nobody has seen what it changes and somebody must
    :raises tariffs.engine.TariffError: if the definition cannot be priced
    """
    if approver and needs_second_person():
        raise SecondPersonNeeded(f"ask another person to put {version} into force")
    _put_into_force(version, approver, published_at)
    if waiting := approvals.pending_for(kind_of(version), version):
        approvals.lapse(waiting, real_now=clock.real_now())


def _put_into_force(version: Version, approver: User | None, published_at: datetime) -> None:
    if approver is not None:
        notice_period.refuse_short(version, local_date(published_at, utility().zone))
        shadow_first.refuse_untried(version)
    if isinstance(version, TariffVersion):
        is_discount = version.tariff.role == Tariff.Role.DISCOUNT
        put = operations.publish_discount if is_discount else operations.publish
        put(
            version,
            approver=approver,
            published_at=published_at,
            billed_until=billed_until(version.tariff),
        )
    else:
        operations.publish_plan(
            version,
            approver=approver,
            published_at=published_at,
            billed_until=plan_billed_until(version.plan),
        )


def billed_until(tariff: Tariff) -> date | None:
    """Return the first local day that no issued statement prices under this tariff."""
    lines = StatementLine.objects.filter(
        tariff_version__tariff=tariff, statement__state=Statement.State.ISSUED
    )
    ends = lines.values_list("statement__zone_name").annotate(Max("ends_at")).order_by()
    return max((local_date(ended, ZoneInfo(zone)) for zone, ended in ends), default=None)


def plan_billed_until(plan: Plan) -> date | None:
    """Return the first local day that no issued statement covers for who has this plan."""
    assigned = "agreement__plans"
    covered = StatementCoverage.objects.filter(
        Q(agreement__plans__ends_at__isnull=True) | Q(starts_at__lt=F("agreement__plans__ends_at")),
        live=True,
        agreement__plans__plan_version__plan=plan,
        ends_at__gt=F(f"{assigned}__starts_at"),
    )
    zone = "agreement__usage_point__location__zone_name"
    ends = covered.values_list(zone, f"{assigned}__ends_at").annotate(Max("ends_at")).order_by()
    found = (local_date(min(ended, given or ended), ZoneInfo(name)) for name, given, ended in ends)
    return max(found, default=None)
