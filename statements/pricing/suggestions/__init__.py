"""What could be better in the price book: rules that point something out, and change nothing."""

from __future__ import annotations

from datetime import date

from statements.pricing.suggestions import alike, expiry, savings, slabs, unused
from statements.pricing.suggestions.dismissing import NoReason, dismiss, restore, without_dismissed
from statements.pricing.suggestions.found import Code, Found, Lacking, Suggestion

__all__ = [
    "SAMPLE",
    "Code",
    "Found",
    "Lacking",
    "NoReason",
    "Suggestion",
    "dismiss",
    "restore",
    "suggestions",
]

SAMPLE = 20  # customers whose plans are compared; each takes about as long as a page


def suggestions(today: date, *, sample: int = SAMPLE) -> Found:
    """Return what the rules find on a day, what of it is dismissed, and which rules lack data.

    :param today: the day where the utility is
    :param sample: of how many customers plans are compared; 0 leaves that rule out
    """
    found = Found()
    found.suggestions += unused.unused_tariffs(today)
    found.suggestions += alike.near_duplicates(today)
    found.suggestions += alike.inconsistent_names()
    found.suggestions += expiry.without_successor(today)
    for rule in (slabs.unreached(today), savings.cheaper_plans(today, sample)):
        found.suggestions += rule.suggestions
        found.lacking += rule.lacking
    return without_dismissed(found)
