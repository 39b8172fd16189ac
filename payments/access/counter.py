"""The only way from a person at the counter to an account or a payment."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts import numbers
from accounts.models import CustomerAccount, User
from accounts.staff import StaffRole, has_role
from payments.models import Payment


def may_take_payments(user: User | AnonymousUser) -> bool:
    """Say whether this person records and reverses payments over the counter."""
    return has_role(user, StaffRole.CASHIER, StaffRole.FINANCE)


def account_at_counter(user: User | AnonymousUser, number: str) -> CustomerAccount | None:
    """Return the account of a number that a customer brings along, or None.

    :raises Http404: for everybody who takes no payments
    """
    if not may_take_payments(user):
        raise Http404
    found = CustomerAccount.objects.filter(number=numbers.clean(number))
    return found.select_related("customer").first()


def receipt_at_counter(user: User | AnonymousUser, reference: str) -> Payment | None:
    """Return the payment that has a receipt number, or None.

    :raises Http404: for everybody who takes no payments
    """
    if not may_take_payments(user):
        raise Http404
    return Payment.objects.filter(reference=reference).first()


def payment_for(user: User | AnonymousUser, reference: str) -> Payment:
    """Return a payment that was taken at the counter by its receipt number.

    :raises Http404: if there is none, and for everybody who takes no payments
    """
    if not may_take_payments(user):
        raise Http404
    taken = Payment.objects.filter(reference=reference, intent_id__isnull=True)
    found = taken.select_related("account__customer")
    payment = found.first()
    if payment is None:
        raise Http404
    return payment
