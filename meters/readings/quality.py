"""How good a value is, and which value may take the place of which. Imports no Django."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Quality(IntEnum):
    """One letter a slot, kept as its ASCII code."""

    ACTUAL = ord("A")
    CUSTOMER = ord("C")
    ESTIMATED = ord("E")
    FINAL = ord("F")
    MISSING = ord("N")
    SUBSTITUTED = ord("S")
    SUSPECT = ord("X")


# Which held value gives way to which arriving one. Actual replaces estimated, a value set by hand
# gives way only to a decision, a final one never.
GIVES_WAY = {
    "N": "ACEFSX",
    "X": "ACEFSX",
    "E": "ACEFS",
    "C": "ACFS",
    "A": "FS",
    "S": "FS",
    "F": "",
}
GIVES_WAY_BY_DECISION = {**GIVES_WAY, "A": "ACEFS", "C": "ACEFS", "S": "ACEFS"}

Table = NDArray[np.bool_]


def _table(rules: dict[str, str]) -> Table:
    table = np.zeros((128, 128), dtype=np.bool_)
    for held, arriving in rules.items():
        for code in arriving:
            table[ord(held), ord(code)] = True
    return table


MAY_REPLACE = _table(GIVES_WAY)
MAY_REPLACE_BY_DECISION = _table(GIVES_WAY_BY_DECISION)
