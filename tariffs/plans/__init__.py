"""What a plan says, read strictly, and the tariffs that its own charges become. No database.

>>> terms = read(definition)
>>> own = own_tariffs(terms, totals)
"""

from tariffs.plans.own import own_tariffs
from tariffs.plans.reading import read
from tariffs.plans.tax import tax_in_force, tax_of
from tariffs.plans.terms import ChargeKind, Frequency, PlanTerms, ServiceCharge, ServiceTerms

__all__ = [
    "ChargeKind",
    "Frequency",
    "PlanTerms",
    "ServiceCharge",
    "ServiceTerms",
    "own_tariffs",
    "read",
    "tax_in_force",
    "tax_of",
]
