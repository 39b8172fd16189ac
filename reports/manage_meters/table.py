"""The list of meters: its columns, its filters, and its usual views."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Commodity
from core.tables import Choice, Column, Kind, Table, Text, View
from meters.models import CustomerAgreement, Meter, UsagePoint
from reports.manage_meters import narrowing

DAYS = [("1", _("1 day")), ("3", _("3 days")), ("7", _("7 days")), ("30", _("30 days"))]
COLUMNS = (
    Column("serial", _("Meter"), Kind.LINK, sort="serial"),
    Column("make", _("Maker and model"), is_shown=False),
    Column("commodity", _("Service")),
    Column("point", _("Usage point")),
    Column("place", _("Place")),
    Column("connection", _("Connection"), Kind.TAG),
    Column("mode", _("Payment")),
    Column("seen", _("Last contact"), sort="connection__last_seen_at", can_be_empty=True),
    Column("yesterday", _("Yesterday"), Kind.TAG),
    Column("waiting", _("Open exceptions"), Kind.LINK),
)
VIEWS = (
    View(_("All"), ""),
    View(_("Disconnected"), "state=disconnected"),
    View(_("Prepaid"), "mode=prepaid"),
    View(_("Silent"), "silent=1"),
    View(_("To decide"), "open=yes"),
    View(_("In stock"), "kept=stock"),
)


def table(now: datetime) -> Table:
    """Return the list as it is asked at a moment."""
    return Table(
        name="meters",
        caption=_("Meters, by serial number"),
        columns=COLUMNS,
        filters=(
            Text(
                "q",
                _("Serial or usage point"),
                narrowing.by_words,
                hint=_("How it begins is enough."),
                longest=40,
            ),
            Choice(
                "state", _("Connection"), UsagePoint.ConnectionState.choices, narrowing.by_state
            ),
            Choice(
                "mode",
                _("Payment"),
                CustomerAgreement.PaymentMode.choices,
                narrowing.by_mode(now),
            ),
            Choice("commodity", _("Service"), Commodity.choices, narrowing.by_commodity),
            Choice("silent", _("Not heard for"), DAYS, narrowing.silent(now)),
            Choice("open", _("Exceptions"), [("yes", _("Some are open"))], narrowing.waiting),
            Choice("kept", _("Meter"), Meter.State.choices, "state"),
        ),
        sort="serial",
        views=VIEWS,
        nothing=_("There is no meter yet: add the first under Admin, then install it here."),
        nothing_found=_("No meter is like this."),
    )
