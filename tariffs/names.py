"""Names that utilities give to charges, bands and seasons, in the reader's language.

A tariff is written in one language. The words that most tariffs use are translated; any other name
is shown as the utility wrote it.
"""

from __future__ import annotations

from django.utils.translation import pgettext, pgettext_lazy

USUAL = (
    pgettext_lazy("tariff", "Energy"),
    pgettext_lazy("tariff", "Electricity"),
    pgettext_lazy("tariff", "Electricity supply"),
    pgettext_lazy("tariff", "Gas"),
    pgettext_lazy("tariff", "Gas supply"),
    pgettext_lazy("tariff", "Water"),
    pgettext_lazy("tariff", "Water supply"),
    pgettext_lazy("tariff", "Sewer"),
    pgettext_lazy("tariff", "Waste"),
    pgettext_lazy("tariff", "Standing charge"),
    pgettext_lazy("tariff", "Fixed charge"),
    pgettext_lazy("tariff", "Service charge"),
    pgettext_lazy("tariff", "Service charges"),
    pgettext_lazy("tariff", "Administrative fee"),
    pgettext_lazy("tariff", "Document processing"),
    pgettext_lazy("tariff", "Meter rent"),
    pgettext_lazy("tariff", "Water meter"),
    pgettext_lazy("tariff", "Network charge"),
    pgettext_lazy("tariff", "Demand charge"),
    pgettext_lazy("tariff", "Peak demand"),
    pgettext_lazy("tariff", "Minimum charge"),
    pgettext_lazy("tariff", "Export credit"),
    pgettext_lazy("tariff", "Rounding"),
    pgettext_lazy("tariff", "Connection fee"),
    pgettext_lazy("tariff", "Discount"),
    pgettext_lazy("tariff", "Loyalty discount"),
    pgettext_lazy("tariff", "Winter discount"),
    pgettext_lazy("tariff", "Winter Discount"),
    pgettext_lazy("tariff", "Sales tax"),
    pgettext_lazy("tariff", "Value added tax"),
    pgettext_lazy("tariff", "VAT"),
    pgettext_lazy("tariff", "peak"),
    pgettext_lazy("tariff", "off-peak"),
    pgettext_lazy("tariff", "standard"),
    pgettext_lazy("tariff", "shoulder"),
    pgettext_lazy("tariff", "day"),
    pgettext_lazy("tariff", "night"),
    pgettext_lazy("tariff", "weekend"),
    pgettext_lazy("tariff", "spring"),
    pgettext_lazy("tariff", "summer"),
    pgettext_lazy("tariff", "autumn"),
    pgettext_lazy("tariff", "winter"),
)


def told(name: str) -> str:
    """Return a name as the reader calls it, or as it was written."""
    return pgettext("tariff", name)
