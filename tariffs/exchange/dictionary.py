"""What each column of a sheet means, in words for who fills it in."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEANINGS: Mapping[str, Promise] = {
    "code": _("The code of the tariff. A row without one belongs to the row above."),
    "name": _("The name of the tariff; no other tariff has it."),
    "commodity": _("electricity, water, gas, sewer or waste."),
    "rate type": _("flat, slab, fixed, seasonal or time_based."),
    "currency": _("Three capital letters, as USD."),
    "from": _("The first day, as 2027-01-01."),
    "last day": _("The last day that is included; empty if it stays open."),
    "zone": _("The time zone of worked examples, as America/New_York."),
    "categories": _("Codes of the consumer categories it serves, divided by commas; empty: any."),
    "areas": _("Codes of the service areas, divided by commas; empty: any."),
    "description": _("What it is, for colleagues and customers."),
    "change summary": _("What changed. Nothing goes into force without it."),
    "version": _("Keeps two versions of one code and first day apart; the number is given anew."),
    "charge code": _("Rows of one charge code make one charge."),
    "charge name": _("The charge as it is printed on the bill."),
    "kind": _("energy, a price per unit, or fixed. Others stand in the column definition."),
    "unit": _("The unit of the price, as kWh or m3."),
    "basis": _("Of a fixed charge: period, day, month or year."),
    "season": _("The season in which the price holds; empty: always."),
    "season first": _("The first day of the season, as 11-01."),
    "season last": _("The last day of the season, included, as 03-31."),
    "band": _("The hours in which the price holds, by a name; empty: always."),
    "days": _("The days of these hours: weekday, weekend, all, or names as mon, tue."),
    "from time": _("When the hours begin, as 22:00."),
    "to time": _("When the hours end, as 06:00."),
    "slab from": _("Where the slab begins; only for checking."),
    "slab up to": _("The last unit of the slab, included; empty in the last slab."),
    "price": _("The price of a unit, or of the fixed charge."),
    "regular": _("The price before a discount, instead of price."),
    "discount percent": _("How much per cent is taken off the regular price."),
    "definition": _("The whole tariff or plan as JSON, where rows cannot say all of it."),
}
