"""Where energy and water are delivered, which devices measure it, and what they read."""

from meters.models.devices import (
    Channel,
    LastCounter,
    Meter,
    MeterConnection,
    MeterInstallation,
    RegisterMap,
)
from meters.models.places import CustomerAgreement, LocationArea, ServiceLocation, UsagePoint
from meters.models.readings import (
    RawMessage,
    ReadingBlock,
    ReadingBlockRevision,
    ReadingException,
    RegisterRead,
)

__all__ = [
    "Channel",
    "CustomerAgreement",
    "LastCounter",
    "LocationArea",
    "Meter",
    "MeterConnection",
    "MeterInstallation",
    "RawMessage",
    "ReadingBlock",
    "ReadingBlockRevision",
    "ReadingException",
    "RegisterMap",
    "RegisterRead",
    "ServiceLocation",
    "UsagePoint",
]
