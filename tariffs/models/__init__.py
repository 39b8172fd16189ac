"""What a unit costs: tariffs and their versions, plans that bundle them, and taxes."""

from tariffs.models.given import GivenNumber
from tariffs.models.plan import Plan, PlanTariff, PlanVersion
from tariffs.models.tariff import (
    IN_FORCE,
    Charge,
    EligibilityKey,
    RateType,
    Tariff,
    TariffVersion,
    TariffVersionQuerySet,
    VersionState,
)
from tariffs.models.tax import TaxRule

__all__ = [
    "IN_FORCE",
    "Charge",
    "EligibilityKey",
    "GivenNumber",
    "Plan",
    "PlanTariff",
    "PlanVersion",
    "RateType",
    "Tariff",
    "TariffVersion",
    "TariffVersionQuerySet",
    "TaxRule",
    "VersionState",
]
