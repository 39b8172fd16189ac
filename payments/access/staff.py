"""The only way from a member of staff to what the payments desk shows.

Cashiers and finance work there, billing managers decide, auditors read. For everybody else, and
for what does not exist, the answer is the same: 404.
"""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import numbers
from accounts.models import CustomerAccount, User
from accounts.operations.audit import audit_read
from accounts.staff import StaffRole, has_role
from payments.models import (
    LateFee,
    LateFeePolicy,
    Payment,
    PaymentAttempt,
    PaymentCase,
    Refund,
    SuspenseItem,
)

Anybody = User | AnonymousUser
Row = TypeVar("Row", bound=Model)

WORKING = (StaffRole.CASHIER, StaffRole.FINANCE)
DECIDING = (StaffRole.FINANCE, StaffRole.BILLING_MANAGER)
MAKING_POLICY = (StaffRole.BILLING_MANAGER,)
SEEING = (*WORKING, *DECIDING, StaffRole.AUDITOR)
PRINTING = (*WORKING, StaffRole.AUDITOR)  # a receipt bears name and address


def may_see_desk(user: Anybody) -> bool:
    return has_role(user, *SEEING)


def may_work_at_desk(user: Anybody) -> bool:
    """Say whether this person asks for refunds, gives money to accounts and closes cases."""
    return has_role(user, *WORKING)


def may_print_receipts(user: Anybody) -> bool:
    """Say whether this person hands receipts over, which bear the customer's name and address."""
    return has_role(user, *PRINTING)


def may_decide_refunds(user: Anybody) -> bool:
    """Say whether this person approves and rejects refunds that others asked for."""
    return has_role(user, *DECIDING)


def may_waive_late_fees(user: Anybody) -> bool:
    return has_role(user, *DECIDING)


def may_make_policy(user: Anybody) -> bool:
    """Say whether this person writes the versions of the late fee policy."""
    return has_role(user, *MAKING_POLICY)


def member_of_staff(user: Anybody, *, among: tuple[StaffRole, ...] = SEEING) -> User:
    """Return the person if they have one of the roles.

    :raises Http404: for everybody else
    """
    if not isinstance(user, User) or not has_role(user, *among):
        raise Http404
    return user


def note_look(user: Anybody, action: str, shown: Model, account: CustomerAccount | None) -> None:
    """Write down that this person looked at money of an account, by their role.

    Money of nobody known is about no customer, and is not noted.
    """
    if account is not None:
        audit_read(action, shown, actor=member_of_staff(user), account=account)


def payments(user: Anybody) -> QuerySet[Payment]:
    """Return all payments, with account and customer, for those who see the desk."""
    member_of_staff(user)
    return Payment.objects.select_related("account__customer")


def payment(user: Anybody, reference: str) -> Payment:
    return _one(payments(user).select_related("attempt"), reference=reference)


def payment_to_print(user: Anybody, reference: str) -> Payment:
    member_of_staff(user, among=PRINTING)
    return payment(user, reference)


def attempts(user: Anybody) -> QuerySet[PaymentAttempt]:
    """Return all attempts to pay through the provider, with account and customer."""
    member_of_staff(user)
    return PaymentAttempt.objects.select_related("account__customer", "statement", "payment")


def attempt(user: Anybody, reference: str) -> PaymentAttempt:
    return _one(attempts(user), reference=reference)


def refunds(user: Anybody) -> QuerySet[Refund]:
    """Return all refunds, with their receipt, account and the people who asked and decided."""
    member_of_staff(user)
    return Refund.objects.select_related(
        "payment__account__customer", "suspense_item", "requested_by", "decided_by"
    )


def refund(user: Anybody, uid: UUID) -> Refund:
    return _one(refunds(user), uid=uid)


def own_refund(user: Anybody, uid: UUID | None) -> Refund | None:
    """Return the refund that this person asked for by this page, if the page was sent before."""
    return refunds(user).filter(uid=uid, requested_by=user.pk).first() if uid else None


def refund_to_decide(user: Anybody, uid: UUID) -> Refund:
    member_of_staff(user, among=DECIDING)
    return refund(user, uid)


def suspense_items(user: Anybody) -> QuerySet[SuspenseItem]:
    member_of_staff(user)
    return SuspenseItem.objects.select_related("payment__account")


def suspense_item(user: Anybody, pk: int) -> SuspenseItem:
    return _one(suspense_items(user), pk=pk)


def cases(user: Anybody) -> QuerySet[PaymentCase]:
    member_of_staff(user)
    return PaymentCase.objects.select_related("account")


def case(user: Anybody, pk: int) -> PaymentCase:
    return _one(cases(user), pk=pk)


def late_fees(user: Anybody) -> QuerySet[LateFee]:
    """Return all late fees, with the bill, its account and the policy."""
    member_of_staff(user)
    return LateFee.objects.select_related("statement__account__customer", "policy")


def late_fee(user: Anybody, pk: int) -> LateFee:
    return _one(late_fees(user), pk=pk)


def late_fee_policies(user: Anybody) -> QuerySet[LateFeePolicy]:
    member_of_staff(user)
    return LateFeePolicy.objects.all()


def account_to_credit(user: Anybody, number: str) -> CustomerAccount | None:
    """Return the account that unidentified money is given to, by its number, or None."""
    member_of_staff(user, among=WORKING)
    found = CustomerAccount.objects.filter(number=numbers.clean(number))
    return found.select_related("customer").first()


def _one(rows: QuerySet[Row], **wanted: object) -> Row:
    """Return the row.

    :raises Http404: if there is none
    """
    found = rows.filter(**wanted).first()
    if found is None:
        raise Http404(_("There is nothing here by that number."))
    return found
