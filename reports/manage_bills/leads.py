"""Where the number of a bill leads, by what its reader does with bills."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.grants import HELPING
from accounts.models import User
from accounts.staff import StaffRole, has_role
from reports.manage_bills.rows import Leads
from statements.access import may_run_billing
from statements.models import Statement


def leads(person: User, *, helped_customer: int | None) -> Leads:
    """Return the function that gives the page of a bill for this person, or nothing."""
    if has_role(person, *HELPING):
        return lambda statement: _help(statement, helped_customer)
    if may_run_billing(person):
        return _run
    return _payments if has_role(person, StaffRole.FINANCE) else lambda statement: ""


def hint(person: User) -> str:
    """Say where the numbers lead."""
    if has_role(person, *HELPING):
        return _("A bill number opens the bill in a help session with its customer.")
    if may_run_billing(person):
        return _("A bill number leads to the billing run that made it.")
    return _("A bill number leads to the payments of its account.")


def _help(statement: Statement, helped_customer: int | None) -> str:
    page = reverse("support:bill", args=[statement.number])
    if statement.account.customer_id == helped_customer:
        return page
    start = reverse("support:start", args=[statement.account.customer.uid])
    return f"{start}?{urlencode({'next': page})}"


def _run(statement: Statement) -> str:
    return reverse("statements:run", args=[statement.run_id]) if statement.run_id else ""


def _payments(statement: Statement) -> str:
    asked = urlencode({"account": statement.account.number})
    return f"{reverse('payments:desk_payments')}?{asked}"
