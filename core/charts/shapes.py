"""What goes into a chart and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

MOST_SERIES = 6


class Kind(StrEnum):
    """What a series means; each has a colour and a hatch of its own."""

    USE = "use"
    PEAK = "peak"
    STANDARD = "standard"
    OFFPEAK = "offpeak"
    EXPORT = "export"
    PREVIOUS = "previous"
    ALERT = "alert"


class Mark(Flag):
    """What must be said of a value beside its number; several may hold together."""

    NONE = 0
    ESTIMATED = auto()
    MISSING = auto()  # a part of it, or all
    EDITED = auto()  # set by a person
    PROVISIONAL = auto()  # not on a bill yet


class Series(NamedTuple):
    """One of the quantities of a chart; `key` tells them apart."""

    key: str
    word: str | Promise
    kind: Kind | str = Kind.USE


USE = Series("use", _("Used"), Kind.USE)
EXPORT = Series("export", _("Fed back"), Kind.EXPORT)
PREVIOUS = Series("previous", _("Before"), Kind.PREVIOUS)


@dataclass(frozen=True)
class Bar:
    """One place on the time axis: a value for each series, in base units or minor units."""

    label: str  # short, on the axis
    values: tuple[int, ...]
    mark: Mark = Mark.NONE
    about: str = ""  # in full, in the table; the label if empty
    against: int | None = None  # the value that it is compared with
    note: str = ""  # more to say in the table, e.g. a reason
    is_known: bool = True  # there is a value at all; the table shows a dash if not

    @property
    def total(self) -> int:
        return sum(self.values)


class Row(NamedTuple):
    """One line of the table: its name, its numbers as the reader's language writes them."""

    about: str
    cells: tuple[str, ...]
    note: str


class Sign(NamedTuple):
    """One entry of the legend: a small picture and what it stands for."""

    picture: SafeString
    word: str | Promise


@dataclass(frozen=True)
class Chart:
    """A picture, the sentence that it shows, and the same numbers as a table."""

    key: str
    finding: str
    svg: SafeString
    legend: Sequence[Sign]
    head: Sequence[str]  # of the columns after the first
    rows: Sequence[Row]
    has_notes: bool
