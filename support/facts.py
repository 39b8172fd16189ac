"""Facts that a caller tells and the employee types: compared here, and shown to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import numbers
from accounts.models import Customer
from meters.models import CustomerAgreement
from payments.models import Payment
from statements.models import Statement

NEEDED = 2
TRIES = 5  # of one employee, and about one customer
WINDOW = timedelta(minutes=15)


class Kind(models.TextChoices):
    """What a caller may be asked; one of their own words each."""

    NAME = "name", _("Full name")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    ADDRESS = "address", _("Street and number that are served")
    POSTAL = "postal", _("Postal address")
    METER = "meter", _("Serial number of a meter")
    BILL = "bill", _("Number of a bill")
    RECEIPT = "receipt", _("Number of a receipt")


Fact = tuple[str, str]  # kind and what the caller said


def are_right(customer: Customer, facts: Iterable[Fact]) -> bool:
    """Tell whether at least two different facts were told and all of them are right."""
    told = {kind: text for kind, text in facts if text.strip()}
    return len(told) >= NEEDED and all(
        CHECKS[Kind(kind)](customer, text) for kind, text in told.items()
    )


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _is_name(customer: Customer, text: str) -> bool:
    return _plain(customer.name) == _plain(text)


def _is_email(customer: Customer, text: str) -> bool:
    return bool(customer.email) and customer.email.casefold() == text.strip().casefold()


def _is_phone(customer: Customer, text: str) -> bool:
    """Compare the digits: the last eight tell numbers apart with and without a country code."""
    said, held = _digits(text), _digits(customer.phone)
    return len(said) >= 8 and held.endswith(said[-8:])


def _is_address(customer: Customer, text: str) -> bool:
    lines = _agreements(customer).values_list("usage_point__location__address_line", flat=True)
    return _plain(text) in {_plain(line) for line in lines}


def _is_postal(customer: Customer, text: str) -> bool:
    return bool(customer.postal_address) and _plain(customer.postal_address) == _plain(text)


def _is_meter(customer: Customer, text: str) -> bool:
    hung = _agreements(customer).filter(usage_point__installations__meter__serial=text.strip())
    return hung.exists()


def _is_bill(customer: Customer, text: str) -> bool:
    number = text.strip().upper()
    return Statement.objects.visible().filter(account__customer=customer, number=number).exists()


def _is_receipt(customer: Customer, text: str) -> bool:
    return Payment.objects.filter(account__customer=customer, reference=text.strip()).exists()


def _agreements(customer: Customer) -> QuerySet[CustomerAgreement]:
    return CustomerAgreement.objects.filter(account__customer=customer)


def _digits(text: str) -> str:
    return "".join(each for each in numbers.clean(text) if each.isdigit())


CHECKS: dict[Kind, Callable[[Customer, str], bool]] = {
    Kind.NAME: _is_name,
    Kind.EMAIL: _is_email,
    Kind.PHONE: _is_phone,
    Kind.ADDRESS: _is_address,
    Kind.POSTAL: _is_postal,
    Kind.METER: _is_meter,
    Kind.BILL: _is_bill,
    Kind.RECEIPT: _is_receipt,
}
