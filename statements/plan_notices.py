"""What the customer is told about their plan, in plain words and their own language."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Approval, Commodity, User
from accounts.queries import mail_addresses
from core import formats
from core.periods import local_date
from meters.models import CustomerAgreement
from notifications.operations import Draft
from statements.models import PlanAssignment

SWITCHED, NOT_SWITCHED = "plan.switched", "plan.not_switched"


def switched(given: PlanAssignment, people: Sequence[User]) -> Draft:
    """Return the notice of a new plan: which one, for what, and from which day."""
    agreement = given.agreement
    with translation.override(agreement.account.customer.language):
        day = local_date(given.starts_at, agreement.usage_point.location.zone)
        words = {
            "plan": given.plan_version.plan.name,
            "service": Commodity(agreement.usage_point.commodity).label,
            "day": formats.day(day),
        }
        subject = _("Your plan changes to %(plan)s on %(day)s") % words
        body = "\n\n".join(
            (
                _("From %(day)s on, your plan for %(service)s is %(plan)s.") % words,
                _("What is billed already stays as it is. You can read every price online."),
            )
        )
    return _draft(agreement, SWITCHED, f"{given.pk}", subject, body, people)


def not_switched(
    asked: Approval, agreement: CustomerAgreement, people: Sequence[User], *, note: str
) -> Draft:
    """Return the notice that another plan was refused, and why."""
    with translation.override(agreement.account.customer.language):
        words = {"plan": asked.after["plan"], "note": note}
        subject = _("We could not change your plan to %(plan)s") % words
        body = "\n\n".join(
            (
                _("You asked for %(plan)s. We could not give it to you: %(note)s") % words,
                _("Your present plan goes on. You may ask for another one at any time."),
            )
        )
    return _draft(agreement, NOT_SWITCHED, f"{asked.pk}", subject, body, people)


def _draft(
    agreement: CustomerAgreement,
    kind: str,
    about: str,
    subject: str,
    body: str,
    people: Sequence[User],
) -> Draft:
    account = agreement.account
    return Draft(
        account_id=account.pk,
        kind=kind,
        key=f"{kind}:{about}:{uuid4().hex}",
        subject=subject,
        body=body,
        language=account.customer.language,
        link=f"/accounts/{account.number}/plan/",
        addresses=mail_addresses(people, account.customer.email),
    )
