"""Looking at help sessions afterwards: another person's review, and the customer's objection."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from accounts import grants
from accounts.models import AssistanceGrant, User
from accounts.operations.audit import audit
from accounts.staff import has_role

logger = logging.getLogger(__name__)


class AlreadyReviewed(Exception):
    """Somebody has reviewed the session before."""


class NotYours(Exception):
    """Nobody reviews their own session, and only those whose role it is review at all."""


@transaction.atomic
def review(
    grant: AssistanceGrant, *, reviewer: User, verdict: str, note: str, real_now: datetime
) -> None:
    """Write down what another person thinks of a session.

    :raises NotYours: for the employee themself, and without the role
    :raises AlreadyReviewed: when it has been reviewed
    """
    if reviewer == grant.employee or not has_role(reviewer, *grants.REVIEWING):
        raise NotYours
    waiting = AssistanceGrant.objects.filter(pk=grant.pk, reviewed_at__isnull=True)
    if not waiting.update(
        reviewed_by=reviewer,
        reviewed_at=real_now,
        review=AssistanceGrant.Review(verdict),
        review_note=note.strip(),
    ):
        raise AlreadyReviewed
    grant.refresh_from_db()
    detail = {"verdict": verdict, "grant": str(grant.uid)}
    audit("help.review", grant, actor=reviewer, customer=grant.customer, detail=detail)


@transaction.atomic
def object_to(grant: AssistanceGrant, *, by: User, note: str) -> None:
    """Write down that the customer did not expect a session; supervisors see it in their report."""
    detail = {"note": note.strip()[:500]}
    audit("help.objection", grant, actor=by, customer=grant.customer, detail=detail)
    logger.warning("help.objection", extra={"grant": grant.pk})
