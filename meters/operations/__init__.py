"""What the business does with meters and readings: one public function a deed."""

from meters.operations.accept import accept_messages
from meters.operations.decide import (
    Decision,
    NoGround,
    NotOpen,
    accept_reading,
    estimate_instead,
    reject_reading,
)
from meters.operations.estimates import estimate_missing
from meters.operations.gaps import estimate_gaps
from meters.operations.install import (
    MeasuredBefore,
    MissingRead,
    NotHanging,
    NotOnBoundary,
    ReadBefore,
    exchange_meter,
    install_meter,
    remove_meter,
)
from meters.operations.maps import load_register_maps
from meters.operations.poll import Polled, poll_due
from meters.operations.reads import ImpossibleRead, record_register_read

__all__ = [
    "Decision",
    "ImpossibleRead",
    "MeasuredBefore",
    "MissingRead",
    "NoGround",
    "NotHanging",
    "NotOnBoundary",
    "NotOpen",
    "Polled",
    "ReadBefore",
    "accept_messages",
    "accept_reading",
    "estimate_gaps",
    "estimate_instead",
    "estimate_missing",
    "exchange_meter",
    "install_meter",
    "load_register_maps",
    "poll_due",
    "record_register_read",
    "reject_reading",
    "remove_meter",
]
