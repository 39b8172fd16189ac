"""What the business does with tariffs: bring one in, put one into force."""

from tariffs.operations.bring_in import CommodityDiffers, import_tariff
from tariffs.operations.publish import (
    PUBLISHABLE,
    AlreadyBilled,
    ExampleFails,
    NoChangeSummary,
    NotPublishable,
    Overlap,
    publish,
)

__all__ = [
    "PUBLISHABLE",
    "AlreadyBilled",
    "CommodityDiffers",
    "ExampleFails",
    "NoChangeSummary",
    "NotPublishable",
    "Overlap",
    "import_tariff",
    "publish",
]
