"""The fields of tariffs and plans in words: "Energy: Block 2, Price"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from tariffs import names

Words = Mapping[str, str | Promise]

FIELDS: Words = {
    "above": gettext_lazy("Above"),
    "amount": gettext_lazy("Amount"),
    "any": gettext_lazy("Any of"),
    "applies_to": gettext_lazy("Lowers"),
    "areas": gettext_lazy("Service areas"),
    "at_most": gettext_lazy("At most"),
    "attribute": gettext_lazy("Feature of the customer"),
    "attributes": gettext_lazy("Features of the customer"),
    "band": gettext_lazy("Hours"),
    "bands": gettext_lazy("Hours"),
    "bases": gettext_lazy("Bases"),
    "basis": gettext_lazy("Charged for"),
    "benefits": gettext_lazy("Benefits"),
    "by": gettext_lazy("How it is used"),
    "categories": gettext_lazy("Categories"),
    "change_summary": gettext_lazy("What changed"),
    "charges": gettext_lazy("Charges"),
    "clock": gettext_lazy("Clock"),
    "code": gettext_lazy("Code"),
    "commodity": gettext_lazy("Service"),
    "conditions": gettext_lazy("Conditions"),
    "conversion": gettext_lazy("Conversion"),
    "currency": gettext_lazy("Currency"),
    "day": gettext_lazy("Day"),
    "days": gettext_lazy("Days"),
    "demand": gettext_lazy("Demand"),
    "description": gettext_lazy("Description"),
    "discount_percent": gettext_lazy("Discount in percent"),
    "eligibility": gettext_lazy("For whom"),
    "elsewhere": gettext_lazy("Use without a price"),
    "examples": gettext_lazy("Worked examples"),
    "expires_after_months": gettext_lazy("Months until it expires"),
    "factors": gettext_lazy("Factors"),
    "first": gettext_lazy("First day"),
    "floor": gettext_lazy("Least demand that is billed"),
    "format": gettext_lazy("Format"),
    "frequency": gettext_lazy("Billed"),
    "from": gettext_lazy("From"),
    "given": gettext_lazy("Given values"),
    "holidays": gettext_lazy("Holidays"),
    "hours": gettext_lazy("Hours"),
    "kind": gettext_lazy("Kind"),
    "last": gettext_lazy("Last day"),
    "last_day": gettext_lazy("Last day"),
    "last_periods": gettext_lazy("Billing periods looked back on"),
    "less": gettext_lazy("Less what is measured as"),
    "mean_of": gettext_lazy("Mean of so many peaks"),
    "minutes": gettext_lazy("Minutes of a measurement"),
    "months": gettext_lazy("Months looked back on"),
    "name": gettext_lazy("Name"),
    "not": gettext_lazy("Not"),
    "of": gettext_lazy("Of which charges"),
    "on_change": gettext_lazy("A change within a bill"),
    "on_taxes": gettext_lazy("Also on the taxes"),
    "order": gettext_lazy("Order"),
    "peak": gettext_lazy("Which peak counts"),
    "percent": gettext_lazy("Percentage"),
    "price": gettext_lazy("Price"),
    "prices": gettext_lazy("Prices"),
    "proration": gettext_lazy("Part of a period"),
    "purpose": gettext_lazy("Purpose"),
    "ratchet": gettext_lazy("Share of earlier peaks"),
    "rate_type": gettext_lazy("Rate type"),
    "reason": gettext_lazy("Reason"),
    "regular": gettext_lazy("Regular price"),
    "rolling": gettext_lazy("Rolling measurement"),
    "round": gettext_lazy("What is rounded"),
    "round_quantity": gettext_lazy("Rounding of the quantity"),
    "rounding": gettext_lazy("Rounding"),
    "rule": gettext_lazy("Which of them count"),
    "season": gettext_lazy("Season"),
    "seasons": gettext_lazy("Seasons"),
    "services": gettext_lazy("Services"),
    "settle": gettext_lazy("How it is settled"),
    "share_percent": gettext_lazy("Share in percent"),
    "slab_rule": gettext_lazy("How slabs are priced"),
    "slab_times": gettext_lazy("Slabs are multiplied by"),
    "slab_width": gettext_lazy("Slabs in a part of a period"),
    "slabs": gettext_lazy("Slabs"),
    "slabs_with_time": gettext_lazy("Slabs and hours together"),
    "source": gettext_lazy("Measured as"),
    "tables": gettext_lazy("Tables of prices"),
    "tariff": gettext_lazy("Tariff"),
    "tax": gettext_lazy("Tax"),
    "tax_class": gettext_lazy("Tax class"),
    "taxes": gettext_lazy("Taxes"),
    "to": gettext_lazy("To"),
    "total": gettext_lazy("Total"),
    "unit": gettext_lazy("Unit"),
    "up_to": gettext_lazy("Upper bound"),
    "use": gettext_lazy("Use"),
    "use_of": gettext_lazy("Use of"),
    "use_per_hour": gettext_lazy("Use per hour"),
    "value": gettext_lazy("Value"),
    "when": gettext_lazy("Only where"),
    "whole_days": gettext_lazy("Billed in full with so many days"),
    "with_reactive": gettext_lazy("With reactive energy measured as"),
    "year_ends": gettext_lazy("The year ends on"),
    "zone": gettext_lazy("Time zone"),
}
TIERS = gettext_lazy("Tiers")
WITHIN: Mapping[tuple[str, str], str | Promise] = {  # where a field means something of its own
    ("", "from"): gettext_lazy("First day"),
    ("", "to"): gettext_lazy("Last day"),
    ("", "total"): gettext_lazy("Rounding of the total"),
    ("conversion", "from"): gettext_lazy("From the unit"),
    ("round_quantity", "to"): gettext_lazy("Rounded to"),
    ("total", "to"): gettext_lazy("Rounded to"),
    ("charges", "bands"): TIERS,
    ("tax", "bands"): TIERS,
    ("taxes", "bands"): TIERS,
}
CHARGES = ("charges", "taxes")
BESIDE = ("ranges", "windows")  # their words stand after those of what they belong to
NEXT = {"seasons": "ranges", "bands": "windows"}


def field(path: Sequence[str], charge: str = "") -> str:
    """Return the name of a field: "Energy: Block 2, Price".

    :param charge: name of the charge or tax that it belongs to
    """
    if not charge or path[0] not in CHARGES:
        return ", ".join(_parts(path, ""))
    whole = _("whole tax") if path[0] == "taxes" else _("whole charge")
    told = {"charge": names.told(charge), "field": ", ".join(_parts(path[2:], path[0])) or whole}
    return _("%(charge)s: %(field)s") % told


def _parts(path: Sequence[str], owner: str) -> list[str]:
    """Return the words along a path; those of a row say which list it is in.

    :param owner: what the path begins within; empty: the tariff or plan itself
    """
    found: list[str] = []
    rows = ""
    for word in path:
        if rows and word != "order":
            if rows not in BESIDE:
                found.pop()
            found.append(ROWS[rows](word))
            owner, rows = rows, NEXT.get(rows, "")
            continue
        found.append(_field(owner, word))
        rows = "tiers" if (owner, word) in WITHIN and word == "bands" else word
        owner, rows = word, rows if rows in ROWS else ""
    return found


def _field(owner: str, word: str) -> str:
    return str(WITHIN.get((owner, word)) or FIELDS.get(word) or names.told(word))


def _block(word: str) -> str:
    if word == "over":
        return _("Last slab")
    if word.startswith("up_to_"):
        return _("Slab up to %(bound)s") % {"bound": word.removeprefix("up_to_")}
    return _("Slab %(number)s") % {"number": word}


def _price(word: str) -> str:
    """Return the season and the hours of a price, or its number."""
    if word.isdecimal():
        return _("Price %(number)s") % {"number": word}
    return ", ".join(names.told(part) for part in word.split(", "))


def _benefits(code: str) -> str:
    try:
        language = str(get_language_info(code)["name_translated"])
    except KeyError:
        language = code
    return _("Benefits in %(language)s") % {"language": language}


def _numbered(words: str | Promise) -> Callable[[str], str]:
    return lambda word: str(words) % {"number": word}


def _named(words: str | Promise) -> Callable[[str], str]:
    return lambda word: str(words) % {"name": names.told(word)}


ROWS: Mapping[str, Callable[[str], str]] = {
    "attributes": names.told,
    "bands": _named(gettext_lazy("Hours of “%(name)s”")),
    "bases": _named(gettext_lazy("Basis “%(name)s”")),
    "benefits": _benefits,
    "charges": names.told,
    "examples": _numbered(gettext_lazy("Worked example %(number)s")),
    "factors": _numbered(gettext_lazy("Factor %(number)s")),
    "given": names.told,
    "holidays": _numbered(gettext_lazy("Holiday %(number)s")),
    "hours": _numbered(gettext_lazy("Hours %(number)s")),
    "less": _numbered(gettext_lazy("Deduction %(number)s")),
    "prices": _price,
    "ranges": _numbered(gettext_lazy("days %(number)s")),
    "seasons": _named(gettext_lazy("Season “%(name)s”")),
    "services": _named(gettext_lazy("Service %(name)s")),
    "slabs": _block,
    "tables": _numbered(gettext_lazy("Table %(number)s")),
    "taxes": names.told,
    "tiers": _numbered(gettext_lazy("Tier %(number)s")),
    "use": names.told,
    "use_per_hour": names.told,
    "when": _numbered(gettext_lazy("Condition %(number)s")),
    "windows": _numbered(gettext_lazy("times %(number)s")),
}
