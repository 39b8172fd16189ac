"""Opening an account for a customer."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts import numbers
from accounts.models import (
    AccountCategory,
    ConsumerCategory,
    Customer,
    CustomerAccount,
    User,
)
from accounts.operations.audit import audit


@transaction.atomic
def open_account(
    customer: Customer,
    *,
    currency: str,
    opened_on: date,
    category: ConsumerCategory | None = None,
    number: str = "",
    cycle_code: str = "monthly",
    actor: User | None = None,
) -> CustomerAccount:
    """Open an account, give it a number unless one is brought along, and say so in the audit.

    `category` is the consumer sub-category from the first day on.

    :raises IntegrityError: if a number that was brought along is taken
    """
    account = CustomerAccount.objects.create(
        number=number or _free_number(),
        customer=customer,
        currency=currency,
        cycle_code=cycle_code,
        opened_on=opened_on,
    )
    if category:
        AccountCategory.objects.create(account=account, category=category, starts_on=opened_on)
    audit("account.open", account, actor=actor, account=account)
    return account


def _free_number() -> str:
    while True:
        number = numbers.new_number()
        if not CustomerAccount.objects.filter(number=number).exists():
            return number
