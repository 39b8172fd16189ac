"""The list of who owes, declared."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import numbers
from core.tables import Column, Kind, Table, Text

COLUMNS = (
    Column("account", _("Account"), sort="account__number"),
    Column("customer", _("Customer")),
    Column("open", _("Not paid yet"), Kind.MONEY, sort="open_minor"),
    Column("credit", _("Credit"), Kind.MONEY, sort="available_credit"),
    Column("owed", _("Outstanding after credit"), Kind.MONEY, sort="owed_minor"),
)


def table() -> Table:
    return Table(
        name="owing",
        caption=_("Accounts with something to pay"),
        columns=COLUMNS,
        filters=(Text("q", _("Account number"), _numbered, longest=24),),
        sort="-open",
        nothing=_("Nobody owes anything. Bills that are issued and not paid stand here."),
        nothing_found=_("No account with something to pay has this number."),
    )


def _numbered(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(account__number=numbers.clean(text)[:20])
