"""Arriving slots against held ones, for many days at once. Imports no Django."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meters.readings.packing import MISSING, Codes, Values
from meters.readings.quality import MAY_REPLACE, MAY_REPLACE_BY_DECISION, Quality

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Merged:
    """The new days, and per day or slot what happened to them."""

    values: Values
    codes: Codes
    is_changed: Flags  # per day: something is to be written
    is_revised: Flags  # per day: a slot that held a value changed
    in_conflict: Flags  # per slot: another value arrived that may not replace the held one


def merge(
    held: Values, held_codes: Codes, values: Values, codes: Codes, *, decided: bool
) -> Merged:
    """Let each arriving slot fill, replace or leave the held one, by the quality of both.

    :param decided: somebody decided on the new values, so they replace actual ones too
    """
    table = MAY_REPLACE_BY_DECISION if decided else MAY_REPLACE
    arrives = values != MISSING
    differs = arrives & ((values != held) | (codes != held_codes))
    allowed = table[held_codes, codes]
    taken = differs & allowed
    was_held = held != MISSING
    firm = (codes != Quality.ESTIMATED) & (codes != Quality.SUSPECT)
    return Merged(
        values=np.where(taken, values, held),
        codes=np.where(taken, codes, held_codes),
        is_changed=taken.any(axis=1),
        is_revised=(taken & was_held).any(axis=1),
        in_conflict=differs & ~allowed & firm & (values != held),
    )
