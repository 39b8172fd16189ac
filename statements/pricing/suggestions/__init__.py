"""What could be better in the price book: rules that point something out, and change nothing."""

from __future__ import annotations

from datetime import date

from statements.pricing.suggestions import alike, expiry, slabs, unused
from statements.pricing.suggestions.dismissing import NoReason, dismiss, restore, without_dismissed
from statements.pricing.suggestions.found import Code, Found, Lacking, Suggestion
from statements.pricing.suggestions.savings import Savings, cheaper_plans, compare_plans

__all__ = [
    "SAMPLE",
    "Code",
    "Found",
    "Lacking",
    "NoReason",
    "Savings",
    "Suggestion",
    "compare_plans",
    "dismiss",
    "restore",
    "suggestions",
]

NOT_COMPARED = Savings()
SAMPLE = 40  # customers whose plans are compared; each takes about as long as a page


def suggestions(today: date, savings: Savings = NOT_COMPARED) -> Found:
    """Return what the rules find on a day, what of it is dismissed, and which rules lack data.

    :param today: the day where the utility is
    :param savings: what comparing plans gave lately: it takes too long to be done for a page
    """
    found = Found()
    found.suggestions += unused.unused_tariffs(today)
    found.suggestions += alike.near_duplicates(today)
    found.suggestions += alike.inconsistent_names()
    found.suggestions += expiry.without_successor(today)
    for rule in (slabs.unreached(today), cheaper_plans(savings)):
        found.suggestions += rule.suggestions
        found.lacking += rule.lacking
    return without_dismissed(found)
