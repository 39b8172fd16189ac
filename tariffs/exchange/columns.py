"""The columns of a price book as a sheet; their names are the same in every language."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tariffs.exchange.entries import FileRefused

HEAD = {  # column: field of the tariff
    "code": "code",
    "name": "name",
    "commodity": "commodity",
    "rate type": "rate_type",
    "currency": "currency",
    "from": "from",
    "last day": "to",
    "zone": "zone",
    "categories": "eligibility.categories",
    "areas": "eligibility.areas",
    "description": "description",
    "change summary": "change_summary",
}
CHARGE = {  # column: field of the charge
    "charge code": "code",
    "charge name": "name",
    "kind": "kind",
    "unit": "unit",
    "basis": "basis",
}
RANGE = {"season first": "first", "season last": "last"}
WINDOW = {"days": "days", "from time": "from", "to time": "to"}
PRICE = {"price": "price", "regular": "regular", "discount percent": "discount_percent"}
VERSION = "version"
DEFINITION = "definition"
COLUMNS = (
    *HEAD,
    VERSION,
    *CHARGE,
    "season",
    *RANGE,
    "band",
    *WINDOW,
    "slab from",
    "slab up to",
    *PRICE,
    DEFINITION,
)
OF_REJECTS = ("row", "problem")  # what the file of bad rows adds; not read again
NUMBERS = {"slab from", "slab up to", *PRICE}
ASKED = ("code",)  # without which no row means anything


def headings(cells: Sequence[str]) -> list[str]:
    """Return the columns that a first row names; blanks at its end are no columns.

    :raises FileRefused: naming what is unknown, doubled or missing
    """
    names = [" ".join(cell.replace("_", " ").lower().split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    _refuse_unknown([name for name in names if name not in (*COLUMNS, *OF_REJECTS)])
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise FileRefused(_("The first row names a column twice: %s.") % ", ".join(doubled))
    if missing := [name for name in ASKED if name not in names]:
        raise FileRefused(_("The first row lacks the column %s.") % ", ".join(missing))
    return names


def _refuse_unknown(unknown: Sequence[str]) -> None:
    if not unknown:
        return
    shown = ", ".join(name[:40] or _("(blank)") for name in unknown[:10])
    words = ngettext(
        "The first row names a column that is not known: %(names)s.",
        "The first row names columns that are not known: %(names)s.",
        len(unknown),
    )
    raise FileRefused(words % {"names": shown})
