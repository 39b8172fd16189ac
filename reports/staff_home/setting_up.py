"""What a new utility still needs before its first bill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import CustomerAccount, User
from accounts.staff import StaffRole, has_role
from core import admin_door
from meters.models import CustomerAgreement, MeterInstallation
from statements.models import BillingCycle, BillingRun, PlanAssignment, Statement
from tariffs.models import PlanVersion, TariffVersion, VersionState


@dataclass(frozen=True)
class Step:
    """One thing to set up; `address` is empty where the page is not to be had."""

    word: str | Promise
    is_done: bool
    address: str


STEPS: tuple[tuple[str | Promise, str, Callable[[], bool]], ...] = (
    (
        _("A second person who works here: what one asks for, another approves"),
        "people",
        lambda: User.objects.filter(is_staff=True, is_active=True)[1:2].exists(),
    ),
    (
        _("A tariff with published prices"),
        "admin:tariffs_tariff_changelist",
        lambda: TariffVersion.objects.filter(state=VersionState.PUBLISHED).exists(),
    ),
    (
        _("A plan that customers can have"),
        "admin:tariffs_plan_changelist",
        lambda: PlanVersion.objects.filter(state=VersionState.PUBLISHED).exists(),
    ),
    (
        _("A billing cycle"),
        "admin:statements_billingcycle_changelist",
        BillingCycle.objects.exists,
    ),
    (
        _("A customer with an account"),
        "admin:accounts_customeraccount_changelist",
        CustomerAccount.objects.exists,
    ),
    (
        _("A meter that hangs at a place"),
        "admin:meters_meterinstallation_changelist",
        MeterInstallation.objects.exists,
    ),
    (
        _("An agreement: which account pays for which place"),
        "admin:meters_customeragreement_changelist",
        CustomerAgreement.objects.exists,
    ),
    (
        _("A plan for the agreement"),
        "admin:statements_planassignment_changelist",
        PlanAssignment.objects.exists,
    ),
    (_("The first billing run"), "statements:runs", BillingRun.objects.exists),
)


def steps(user: User) -> list[Step]:
    """Return what is to be set up, for an administrator before the first bill; else nothing."""
    if not has_role(user, StaffRole.ADMINISTRATOR) or Statement.objects.visible().exists():
        return []
    return [Step(word, is_done(), _address(user, name)) for word, name, is_done in STEPS]


def _address(user: User, name: str) -> str:
    if name.startswith("admin:") and not admin_door.is_open():
        return ""
    if name == "statements:runs" and not has_role(user, *RUNNING):
        return ""
    return reverse(name)


RUNNING = (StaffRole.BILLING_SPECIALIST, StaffRole.BILLING_MANAGER, StaffRole.AUDITOR)
