"""The list of bills, declared: its columns, filters and saved views."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.models import Commodity
from core.tables import Action, Amounts, Choice, Column, Days, Kind, Month, Table, Text, View
from reports.manage_bills import queries

MOST_SENT = 500  # bills sent again at a time
STATUSES = (
    ("open", _("Open")),
    ("overdue", _("Overdue")),
    ("part_paid", _("Part paid")),
    ("paid", _("Paid")),
    ("cancelled", _("Cancelled")),
    ("estimated", _("Estimated")),
)
VIEWS = (
    View(_("All"), ""),
    View(_("Open"), "status=open"),
    View(_("Overdue"), "status=overdue&sort=due"),
    View(_("Estimated"), "status=estimated"),
)
COLUMNS = (
    Column("number", _("Bill"), Kind.LINK, sort="number"),
    Column("customer", _("Customer")),
    Column("account", _("Account")),
    Column("issued", _("Bill date"), Kind.DAY, sort="issue_date"),
    Column("due", _("Due date"), Kind.DAY, sort="due_date"),
    Column("energy", _("Energy"), Kind.QUANTITY, unit="kWh"),
    Column("water", _("Water"), Kind.QUANTITY, unit="m³", is_shown=False),
    Column("amount", _("Bill amount"), Kind.MONEY, sort="total_minor"),
    Column("received", _("Received"), Kind.MONEY),
    Column("open", _("Outstanding"), Kind.MONEY),
    Column("payment", _("Prepaid or postpaid")),
    Column("connections", _("Active connections"), Kind.NUMBER),
    Column("status", _("Status"), Kind.TAG),
)


def table(*, currency: str, today: date, send_again: str = "") -> Table:
    """Return the list as it is today.

    :param send_again: the page that sends bills again, for those who may
    """
    return Table(
        name="bills",
        caption=_("Bills of all customers"),
        columns=COLUMNS,
        filters=(
            Text(
                "q",
                _("Bill or account"),
                queries.found_by,
                longest=24,
            ),
            Choice("status", _("Status"), STATUSES, partial(_of_status, today=today)),
            Choice("service", _("Service"), Commodity.choices, queries.of_service),
            Month("month", _("Billed month"), queries.of_month),
            Days("due", _("Due"), "due_date"),
            Amounts("amount", _("Bill amount"), "total_minor", currency),
        ),
        views=VIEWS,
        actions=(Action(_("Send again"), send_again, most=MOST_SENT),) if send_again else (),
        nothing=_("No bill has been issued yet. Bills are made by a billing run."),
        nothing_found=_("No bill matches these filters."),
    )


def _of_status(rows: queries.Bills, status: str, *, today: date) -> queries.Bills:
    return queries.of_status(rows, status, today=today)
