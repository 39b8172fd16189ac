"""The settings that an administrator changes on a page: what each does, and who changed it when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import CustomerAccount, Utility

Text = str | Promise
LOOKED_AT = 500  # changes of the past


class Group(models.TextChoices):
    NAME = "name", _("Name and look")
    CONTACT = "contact", _("How customers reach us")
    BILLS = "bills", _("Bills and money")
    PLACE = "place", _("Place and time")


@dataclass(frozen=True, slots=True)
class Setting:
    """One column of the utility and what changing it does."""

    field: str
    group: Group
    effect: Text

    @property
    def word(self) -> str:
        return capfirst(str(Utility._meta.get_field(self.field).verbose_name))  # type: ignore[union-attr]

    @property
    def default(self) -> Any:
        """Return what a new utility has, or nothing."""
        field = Utility._meta.get_field(self.field)
        return field.get_default() if isinstance(field, models.Field) else None


SETTINGS = (
    Setting("name", Group.NAME, _("Stands on every page, bill and mail.")),
    Setting("legal_name", Group.NAME, _("Stands on bills and receipts, as the law asks.")),
    Setting("tax_number", Group.NAME, _("Stands on bills and receipts.")),
    Setting("address", Group.NAME, _("Stands on bills, and on the page of help.")),
    Setting(
        "brand_colour", Group.NAME, _("Buttons and links of all pages. Empty: the usual blue.")
    ),
    Setting("phone", Group.CONTACT, _("Stands below every page, in mails and on bills.")),
    Setting("opening_hours", Group.CONTACT, _("Stands on the page of help.")),
    Setting("email", Group.CONTACT, _("Stands below every page and in mails.")),
    Setting(
        "emergency_phone",
        Group.CONTACT,
        _("Stands below every page, on the first page, in mails and on bills."),
    ),
    Setting(
        "payment_term_days",
        Group.BILLS,
        _("Days from issue to due date, of bills that are issued from now on."),
    ),
    Setting("currency", Group.BILLS, _("Currency of new accounts, prices and reports.")),
    Setting("country", Group.PLACE, _("Country of the utility, by its code.")),
    Setting("zone_name", Group.PLACE, _("Which day it is, and when daily jobs run.")),
)
BY_FIELD = {setting.field: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Change:
    """When a setting became what it is; `by` is empty for who set the utility up."""

    at: datetime
    by: str


def fixed(*, has_bills: bool) -> dict[str, Text]:
    """Return the settings that cannot change any more, each with the reason."""
    found: dict[str, Text] = {}
    if has_bills:
        found["zone_name"] = _("Bills were issued in this zone. Their days would not fit any more.")
    if CustomerAccount.objects.exists():
        found["currency"] = _("Accounts are kept in this currency. Their books would not fit.")
    return found


def last_changes(utility: Utility) -> dict[str, Change]:
    """Return by field the last change since the utility was set up, in one query."""
    records = list(
        utility.history.select_related("history_user").order_by("-history_date", "-history_id")[
            :LOOKED_AT
        ]
    )
    found: dict[str, Change] = {}
    for newer, older in pairwise(records):
        for field in _differing(newer, older):
            found.setdefault(field, _change(newer))
    return found


def _differing(newer: Any, older: Any) -> Iterator[str]:
    return (each for each in BY_FIELD if getattr(newer, each) != getattr(older, each))


def _change(record: Any) -> Change:
    return Change(record.history_date, record.history_user.email if record.history_user else "")
