"""What the fields of tariffs and plans may say, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import Commodity
from tariffs.models import PlanVersion, RateType

MARGINAL = gettext_lazy("each part at the price of its slab")
WHOLE = gettext_lazy("all at the price of the slab that is reached")
OF: Mapping[str, str | Promise] = {
    "@all": gettext_lazy("all charges"),
    "@credit": gettext_lazy("credits"),
    "@demand": gettext_lazy("demand charges"),
    "@energy": gettext_lazy("charges for use"),
    "@fixed": gettext_lazy("fixed charges"),
}
CHOICES: Mapping[str, Mapping[str, str | Promise]] = {
    "applies_to": OF,
    "basis": {
        "period": gettext_lazy("each billing period"),
        "day": gettext_lazy("each day"),
        "30_days": gettext_lazy("30 days"),
        "month": gettext_lazy("each calendar month"),
        "year": gettext_lazy("each year"),
        "served_day": gettext_lazy("each day with service"),
    },
    "by": {"multiply": gettext_lazy("multiplied"), "divide": gettext_lazy("divided")},
    "clock": {
        "wall": gettext_lazy("with summer time"),
        "standard": gettext_lazy("standard time all year"),
    },
    "commodity": {str(key): word for key, word in Commodity.choices},
    "elsewhere": {"refused": gettext_lazy("is refused"), "free": gettext_lazy("costs nothing")},
    "frequency": {str(key): word for key, word in PlanVersion.Frequency.choices},
    "kind": {
        "consumption": gettext_lazy("Consumption-based"),
        "credit": gettext_lazy("Credit"),
        "demand": gettext_lazy("Demand charge"),
        "energy": gettext_lazy("Price per unit"),
        "exempt": gettext_lazy("Exempt"),
        "fixed": gettext_lazy("Fixed"),
        "flat": gettext_lazy("Flat"),
        "minimum": gettext_lazy("Minimum charge"),
        "percent": gettext_lazy("Percentage"),
        "tiered": gettext_lazy("Tiered"),
        "variable": gettext_lazy("Variable"),
    },
    "of": OF,
    "on_change": {
        "split": gettext_lazy("each day by the prices of that day"),
        "last_day": gettext_lazy("all of it by the prices of the last day"),
    },
    "peak": {
        "greatest": gettext_lazy("the greatest of the period"),
        "daily": gettext_lazy("the greatest of each day, added up"),
    },
    "proration": {"days": gettext_lazy("by its days"), "whole": gettext_lazy("in full")},
    "purpose": {
        "discount": gettext_lazy("Discount"),
        "rider": gettext_lazy("Rider"),
        "surcharge": gettext_lazy("Surcharge"),
        "tax": gettext_lazy("Tax"),
    },
    "rate_type": {str(key): word for key, word in RateType.choices},
    "round": {"lines": gettext_lazy("each line"), "once": gettext_lazy("the total, once")},
    "rounding": {
        "down": gettext_lazy("down"),
        "half_even": gettext_lazy("to the nearest, halves to the even digit"),
        "half_up": gettext_lazy("to the nearest, halves up"),
        "up": gettext_lazy("up"),
    },
    "rule": {
        "greatest": gettext_lazy("the greatest of them"),
        "mean": gettext_lazy("the mean of them and its own"),
    },
    "settle": {
        "bill": gettext_lazy("lowers the bill at once"),
        "lots": gettext_lazy("lowers the charges that it is for; the rest is kept"),
    },
    "slab_rule": {
        "marginal": MARGINAL,
        "whole_quantity": WHOLE,
        "whole_table": gettext_lazy("by the table that the total reaches"),
    },
    "slab_width": {
        "prorate": gettext_lazy("shrink or grow with its days"),
        "per_day": gettext_lazy("are for one day, times its days"),
        "30_days": gettext_lazy("are for 30 days, shrunk or grown to its days"),
        "whole": gettext_lazy("stay as they are"),
        "year": gettext_lazy("are for a year, shrunk to its days"),
        "months": gettext_lazy("are for a month, times its months"),
    },
    "slabs_with_time": {
        "proportional": gettext_lazy("each slab is shared among the hours by their use"),
        "chronological": gettext_lazy("slabs fill up in the order of time"),
        "per_period": gettext_lazy("the use of each of the hours has slabs of its own"),
        "total_only": gettext_lazy("slabs are of the total, beside the prices by hours"),
    },
    "tax_class": {"standard": gettext_lazy("Standard"), "none": gettext_lazy("Not taxed")},
}  # fmt: skip
