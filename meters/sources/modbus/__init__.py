"""Meters over Modbus TCP: register maps and guarded reads; plain values, no models."""

from meters.sources.modbus.client import Answer, Failure, Limits, Line, Target, poll, read_lines
from meters.sources.modbus.registers import BadMap, Map, decode, encode

__all__ = [
    "Answer",
    "BadMap",
    "Failure",
    "Limits",
    "Line",
    "Map",
    "Target",
    "decode",
    "encode",
    "poll",
    "read_lines",
]
