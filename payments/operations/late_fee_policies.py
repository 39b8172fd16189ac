"""Change what lateness means and costs: a new version of the policy from a coming day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from accounts.queries import utility
from payments.models import LateFeePolicy


@transaction.atomic
def add_policy(
    *,
    starts_on: date,
    grace_days: int,
    flat_minor: int = 0,
    percent: Decimal = Decimal(0),
    cap_minor: int | None = None,
    tolerance_minor: int = 0,
    steps: int = 1,
    days_between_steps: int = 30,
    actor: User | None,
    today: date,
) -> LateFeePolicy:
    """Add the next version, for bills that fall due on or after its first day.

    Amounts are minor units of the utility's currency. Older versions stay as they are, for the
    bills that fell due under them.

    :raises ValidationError: by field, in words, if the version would be wrong
    """
    newest = LateFeePolicy.objects.order_by("-version").first()
    policy = LateFeePolicy(
        version=newest.version + 1 if newest else 1,
        starts_on=starts_on,
        currency=utility().currency,
        grace_days=grace_days,
        tolerance_minor=tolerance_minor,
        flat_minor=flat_minor,
        percent=percent,
        cap_minor=cap_minor,
        steps=steps,
        days_between_steps=days_between_steps,
        created_by=actor.email[:120] if actor else "system",
    )
    problems = _problems(policy, newest, today)
    if problems:
        raise ValidationError(problems)
    policy.full_clean()
    policy.save(force_insert=True)
    audit("late_fee_policy.add", policy, actor=actor, detail=_said(policy))
    return policy


def _problems(policy: LateFeePolicy, newest: LateFeePolicy | None, today: date) -> dict[str, str]:
    found: dict[str, str] = {}
    if policy.starts_on < today:
        found["starts_on"] = _("Choose today or a later day: bills of the past keep their rules.")
    elif newest and policy.starts_on <= newest.starts_on:
        found["starts_on"] = _("Version %(version)s begins on %(day)s; choose a later day.") % {
            "version": newest.version,
            "day": newest.starts_on.isoformat(),
        }
    if policy.percent > 100:
        found["percent"] = _("A fee is never more than the amount that is late: at most 100.")
    if policy.steps < 1:
        found["steps"] = _("At least once; to charge no fee, leave flat fee and per cent at 0.")
    if policy.steps > 1 and policy.days_between_steps < 1:
        found["days_between_steps"] = _("At least one day lies between two fees of a bill.")
    if policy.cap_minor is not None and policy.cap_minor < 1:
        found["cap_minor"] = _("Leave the cap empty, or give an amount above zero.")
    return found


def _said(policy: LateFeePolicy) -> dict[str, object]:
    return {
        "version": policy.version,
        "starts_on": policy.starts_on.isoformat(),
        "grace_days": policy.grace_days,
        "tolerance_minor": policy.tolerance_minor,
        "flat_minor": policy.flat_minor,
        "percent": str(policy.percent),
        "cap_minor": policy.cap_minor,
        "steps": policy.steps,
        "days_between_steps": policy.days_between_steps,
    }
