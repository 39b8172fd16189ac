"""What the wizards of tariffs and plans know below their pages. Pure: no Django, no database.

>>> state = state_of(tariff)
>>> found = checks(state)
>>> tariff = definition(state)
"""

from tariffs.authoring.checks import Check, Level, Step, checks
from tariffs.authoring.curve import Compared, Point, compared, curve
from tariffs.authoring.differences import Difference, Kind, differences, summary
from tariffs.authoring.sample import Place, SampleBill, SampleLine, Split, sample, samples
from tariffs.authoring.state import TariffForm
from tariffs.authoring.tariff_form import NotExpressible, definition, state_of

__all__ = [
    "Check",
    "Compared",
    "Difference",
    "Kind",
    "Level",
    "NotExpressible",
    "Place",
    "Point",
    "SampleBill",
    "SampleLine",
    "Split",
    "Step",
    "TariffForm",
    "checks",
    "compared",
    "curve",
    "definition",
    "differences",
    "sample",
    "samples",
    "state_of",
    "summary",
]
