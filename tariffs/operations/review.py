"""Asking another person to put a version into force."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Approval, User
from accounts.operations import approvals
from tariffs.models import PlanVersion, TariffVersion, VersionState
from tariffs.operations.life import submit

TARIFF_KIND, PLAN_KIND = "tariff.publish", "plan.publish"  # of approvals
Version = TariffVersion | PlanVersion


def review_kind(version: Version) -> str:
    """Return the kind of approval that this version waits for."""
    return TARIFF_KIND if isinstance(version, TariffVersion) else PLAN_KIND


@transaction.atomic
def ask_for_review(
    version: Version, *, requested_by: User, at: datetime, real_now: datetime, reason: str = ""
) -> Approval:
    """Let a draft wait for another person, who finds it among what is to be decided.

    :raises NotPossible: if it is neither a draft nor in review
    :raises AlreadyAsked: of `approvals`, if somebody has asked already
    """
    asked = approvals.ask(
        review_kind(version),
        version,
        requested_by=requested_by,
        reason=reason or version.change_summary or str(version),
        after={"version": str(version), "starts_on": version.starts_on.isoformat()},
        fingerprint=version.digest,
        real_now=real_now,
    )
    if version.state != VersionState.IN_REVIEW:
        submit(version, actor=requested_by, at=at, reason=reason)
    return asked
