"""Meters over Modbus TCP: register maps and guarded reads; plain values, no models."""

from meters.sources.modbus.client import Answer, Failure, Limits, Target, poll
from meters.sources.modbus.registers import BadMap, Map, decode, encode

__all__ = [
    "Answer",
    "BadMap",
    "Failure",
    "Limits",
    "Map",
    "Target",
    "decode",
    "encode",
    "poll",
]
