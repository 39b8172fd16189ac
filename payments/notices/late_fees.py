"""What the customer is told about a late fee: how it came about, and whom to talk to."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User, Utility
from accounts.queries import mail_addresses
from core import formats
from notifications.operations import Draft
from payments.models import LateFee, LateFeePolicy
from statements.models import Statement

CHARGED = "late_fee.charged"
WAIVED = "late_fee.waived"


def late_fee_charged(
    fee: LateFee, statement: Statement, people: Sequence[User], *, house: Utility
) -> Draft:
    """Return the notice of a new late fee; the statement comes with account and customer."""
    with translation.override(statement.language):
        subject = _("A late fee for bill %(number)s") % {"number": statement.number}
        owed = {
            "open": formats.money(fee.open_minor, fee.currency),
            "date": formats.day(statement.due_date) if statement.due_date else "",
            "fee": formats.money(fee.amount_minor, fee.currency),
        }
        body = "\n\n".join(
            (
                _("%(open)s of this bill was not paid; it was due on %(date)s.") % owed,
                _("We have added a late fee of %(fee)s to your account.") % owed,
                _how(fee, fee.policy),
                _("If you have paid already, or the fee seems wrong to you, talk to us."),
                _("If you cannot pay at once, talk to us too: we can help.") + _reach(house),
            )
        )
    return _draft(CHARGED, fee, statement, subject, body, people)


def late_fee_waived(fee: LateFee, statement: Statement, people: Sequence[User]) -> Draft:
    """Return the notice that a late fee was taken back."""
    with translation.override(statement.language):
        subject = _("The late fee for bill %(number)s is taken back") % {"number": statement.number}
        body = _(
            "You need not pay the late fee of %(fee)s. If you have paid it, the money stays "
            "yours: it pays what else is open, or is credit for your next bill."
        ) % {"fee": formats.money(fee.amount_minor, fee.currency)}
    return _draft(WAIVED, fee, statement, subject, body, people)


def _how(fee: LateFee, policy: LateFeePolicy) -> str:
    """Say how the fee was computed, and by which limit it is less than that."""
    said = {
        "flat": formats.money(policy.flat_minor, fee.currency),
        "percent": formats.number(policy.percent.normalize()),
        "open": formats.money(fee.open_minor, fee.currency),
        "cap": formats.money(policy.cap_minor or 0, fee.currency),
    }
    if policy.flat_minor and policy.percent:
        how = _("How we worked it out: %(flat)s and %(percent)s%% of %(open)s.") % said
    elif policy.percent:
        how = _("How we worked it out: %(percent)s%% of %(open)s.") % said
    else:
        how = _("How we worked it out: it is %(flat)s for every bill that is paid late.") % said
    if policy.cap_minor is not None:
        how += " " + _("All late fees of one bill are at most %(cap)s.") % said
    if fee.amount_minor == fee.open_minor:
        how += " " + _("A fee is never more than the amount that is late.")
    return how


def _reach(house: Utility) -> str:
    ways = [way for way in (house.phone, house.email) if way]
    return f"\n{' · '.join(ways)}" if ways else ""


def _draft(
    kind: str, fee: LateFee, statement: Statement, subject: str, body: str, people: Sequence[User]
) -> Draft:
    return Draft(
        account_id=statement.account_id,
        kind=kind,
        key=f"{kind}:{fee.statement_id}:{fee.step}",
        subject=subject,
        body=body,
        language=statement.language,
        link=f"/bills/by-id/{fee.statement_id}/",
        addresses=mail_addresses(people, statement.account.customer.email),
    )
