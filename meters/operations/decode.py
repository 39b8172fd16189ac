"""What a raw message says about each channel of its meter: a counter, or slots."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from meters.models import Channel, RawMessage
from meters.readings import MISSING
from meters.sources.modbus import BadMap, Map
from meters.sources.modbus import decode as decode_register
from meters.sources.modbus.client import registers_of
from meters.vee.counters import Counter, Passed, check_slots, slots_between
from meters.vee.rules import Bounds, Rule


class Undecodable(ValueError):
    """A message that says nothing about the meter it came under."""

    def __init__(self, rule: Rule, text: str) -> None:
        super().__init__(text)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class CounterArrived:
    """A register's value at a bound."""

    counter: Counter
    interval_s: int

    def passed(self, before: Counter | None, bounds: Bounds, now: datetime) -> Passed:
        return slots_between(
            before, self.counter, interval_s=self.interval_s, bounds=bounds, now=now
        )


@dataclass(frozen=True, slots=True)
class SlotsArrived:
    """Slots as the source made them, and its register before the first of them."""

    starts_at: datetime
    interval_s: int
    values: NDArray[np.int64]
    register: int

    def passed(self, before: Counter | None, bounds: Bounds, now: datetime) -> Passed:
        """Hold the slots that fail; slots that came before are left out."""
        step = timedelta(seconds=self.interval_s)
        known = 0 if before is None else max(0, (before.read_at - self.starts_at) // step)
        values = self.values[known:].copy()
        if not len(values):
            return Passed()
        starts_at = self.starts_at + known * step
        failed = check_slots(starts_at, values, interval_s=self.interval_s, bounds=bounds, now=now)
        counted = self.register + int(self.values.sum())
        for place, _ in failed:
            values[place] = MISSING
        last = Counter(starts_at + len(values) * step, counted % bounds.modulus)
        findings = tuple(finding for _, finding in failed)
        return Passed(last, starts_at, values, is_estimated=False, findings=findings)


Arrived = CounterArrived | SlotsArrived


def decoded(message: RawMessage, channels: Mapping[str, Channel]) -> dict[str, Arrived]:
    """Return what arrived for each quantity that the meter is to measure.

    :raises Undecodable: if the message cannot be read, or comes from another meter
    """
    if message.meter is None or not channels:
        raise Undecodable(Rule.SERIAL, "no installed meter belongs to this message")
    try:
        if message.source == "simulator":
            return _slots(message, channels)
        return _counters(message, channels)
    except (ValueError, KeyError, BadMap) as error:
        if isinstance(error, Undecodable):
            raise
        raise Undecodable(Rule.MALFORMED, str(error)) from error


def _counters(message: RawMessage, channels: Mapping[str, Channel]) -> dict[str, Arrived]:
    meter = message.meter
    if meter is None or meter.register_map is None:
        raise Undecodable(Rule.MALFORMED, "the meter has no register map")
    register_map = Map.parse(meter.register_map.registers)
    registers = registers_of(bytes(message.payload))
    if "serial" in register_map.registers:
        shown = decode_register(registers, register_map, "serial")
        if str(shown) != meter.serial:
            raise Undecodable(Rule.SERIAL, f"serial {shown} instead of {meter.serial}")
    arrived: dict[str, Arrived] = {}
    for quantity, channel in channels.items():
        if quantity in register_map.registers:
            value = decode_register(registers, register_map, quantity)
            if value is None:
                raise Undecodable(Rule.MALFORMED, f"the meter gives no value for {quantity}")
            counter = Counter(_boundary(message), value * channel.multiplier)
            arrived[quantity] = CounterArrived(counter, channel.interval_s)
    return arrived


def _slots(message: RawMessage, channels: Mapping[str, Channel]) -> dict[str, Arrived]:
    told = json.loads(bytes(message.payload))
    return {
        quantity: SlotsArrived(
            datetime.fromisoformat(series["starts_at"]),
            channels[quantity].interval_s,
            np.array(series["values"], dtype=np.int64),
            int(series["register"]),
        )
        for quantity, series in told["series"].items()
        if quantity in channels
    }


def _boundary(message: RawMessage) -> datetime:
    """Return the bound at which a meter was polled; it is the end of the message's key."""
    return datetime.fromisoformat(message.external_key.partition(":")[2])
