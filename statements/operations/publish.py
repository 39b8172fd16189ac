"""Putting a tariff version into force, with what only statements know: how far it is billed.

Where `TARIFF_APPROVAL` is second_person, one person asks for it and another does it; the author
of the prices may ask and does not approve. A command that an operator runs counts as the system.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Approval, User
from accounts.operations import approvals
from accounts.operations.approvals import SamePerson
from accounts.staff import StaffRole
from core import clock
from core.periods import local_date
from statements.models import Statement, StatementLine
from tariffs import operations
from tariffs.models import Tariff, TariffVersion

KIND = "tariff.publish"
DECIDING = (StaffRole.BILLING_MANAGER, StaffRole.ADMINISTRATOR)


class SecondPersonNeeded(Exception):
    """A person may not put prices into force alone: they ask, and another approves."""


def needs_second_person() -> bool:
    """Say whether prices need two people; a setting that is misspelt does not lift it."""
    return settings.TARIFF_APPROVAL != "author"


def ask_to_publish(version: TariffVersion, *, requested_by: User, reason: str = "") -> Approval:
    """Ask another person to put a draft into force; nothing changes before they do.

    :raises NotPublishable: if it is no draft any more
    :raises AlreadyAsked: of `approvals`, if somebody has asked already
    """
    if version.state not in operations.PUBLISHABLE:
        raise operations.NotPublishable(
            _("%(version)s is not a draft any more.") % {"version": version}
        )
    return approvals.ask(
        KIND,
        version,
        requested_by=requested_by,
        reason=reason or version.change_summary or str(version),
        after={"version": str(version), "starts_on": version.starts_on.isoformat()},
        fingerprint=version.digest,
        real_now=clock.real_now(),
    )


@transaction.atomic
def approve_publication(
    version: TariffVersion, *, asked: Approval, approver: User, published_at: datetime
) -> None:
    """Put into force what another person asked for.

    :raises SamePerson: if the approver asked for it, or wrote the prices
    :raises NotAllowed, AlreadyDecided, ChangedSince: of `approvals`
    :raises NotPublishable, TariffError: as `publish`; nothing is decided then
    """
    version.refresh_from_db(from_queryset=TariffVersion.objects.select_for_update(of=("self",)))
    if version.author_id == approver.pk:
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
def publish(version: TariffVersion, *, approver: User | None, published_at: datetime) -> None:
    """Put a draft into force; the version before it ends no earlier than it is billed.

    :param approver: the person who does it alone, where that is allowed; None for the system
    :raises SecondPersonNeeded: if a person may not do it alone
    :raises tariffs.operations.NotPublishable: as `tariffs.operations.publish`
    :raises tariffs.engine.TariffError: if the definition cannot be priced
    """
    if approver and needs_second_person():
        raise SecondPersonNeeded(f"ask another person to put {version} into force")
    _put_into_force(version, approver, published_at)
    if waiting := approvals.pending_for(KIND, version):
        approvals.lapse(waiting, real_now=clock.real_now())


def _put_into_force(version: TariffVersion, approver: User | None, published_at: datetime) -> None:
    operations.publish(
        version,
        approver=approver,
        published_at=published_at,
        billed_until=billed_until(version.tariff),
    )


def billed_until(tariff: Tariff) -> date | None:
    """Return the first local day that no issued statement prices under this tariff."""
    lines = StatementLine.objects.filter(
        tariff_version__tariff=tariff, statement__state=Statement.State.ISSUED
    )
    ends = lines.values_list("statement__zone_name").annotate(Max("ends_at")).order_by()
    return max((local_date(ended, ZoneInfo(zone)) for zone, ended in ends), default=None)
