"""The rating engine: integers in, lines out. Pure: no Django, no clock, no database.

>>> tariff = parse(load(text))
>>> rated = rate([segment], {(0, "import"): intervals}, taxes, currency="USD", n=512)
"""

from tariffs.engine.behind import intervals_behind
from tariffs.engine.behind_peaks import Measured, peaks_behind
from tariffs.engine.carry import carry
from tariffs.engine.errors import TariffError, UsageError
from tariffs.engine.rated import Rated
from tariffs.engine.rating import rate
from tariffs.engine.reading.definition import canonical, digest, load, parse
from tariffs.engine.shape import Tariff
from tariffs.engine.values import (
    ENGINE_VERSION,
    Column,
    Intervals,
    Lot,
    Past,
    Registers,
    Segment,
    Table,
    Tax,
    Totals,
    Usage,
)

__all__ = [
    "ENGINE_VERSION",
    "Column",
    "Intervals",
    "Lot",
    "Measured",
    "Past",
    "Rated",
    "Registers",
    "Segment",
    "Table",
    "Tariff",
    "TariffError",
    "Tax",
    "Totals",
    "Usage",
    "UsageError",
    "canonical",
    "carry",
    "digest",
    "intervals_behind",
    "load",
    "parse",
    "peaks_behind",
    "rate",
]
