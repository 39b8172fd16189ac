"""Charts as SVG made here: page, print and PDF show the same picture, and each has its numbers.

>>> chart = bars([Bar("1", (500,)), Bar("2", (700,))], [USE], key="use", finding=..., unit="kWh")

`{% chart chart %}` prints it with its table. Pure: whole base units or minor units come in.
"""

from core.charts.bars import bars
from core.charts.frame import Measure
from core.charts.lines import lines
from core.charts.shapes import EXPORT, PREVIOUS, USE, Bar, Chart, Kind, Mark, Row, Series, Sign

__all__ = [
    "EXPORT",
    "PREVIOUS",
    "USE",
    "Bar",
    "Chart",
    "Kind",
    "Mark",
    "Measure",
    "Row",
    "Series",
    "Sign",
    "bars",
    "lines",
]
