"""What a unit costs: tariffs and their versions, plans that bundle them, and taxes."""

from tariffs.models.files import ImportFile
from tariffs.models.given import GivenNumber
from tariffs.models.plan import (
    Plan,
    PlanArea,
    PlanCategory,
    PlanTariff,
    PlanVersion,
    PlanVersionQuerySet,
)
from tariffs.models.status import StatusEvent
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
    "ImportFile",
    "Plan",
    "PlanArea",
    "PlanCategory",
    "PlanTariff",
    "PlanVersion",
    "PlanVersionQuerySet",
    "RateType",
    "StatusEvent",
    "Tariff",
    "TariffVersion",
    "TariffVersionQuerySet",
    "TaxRule",
    "VersionState",
]
