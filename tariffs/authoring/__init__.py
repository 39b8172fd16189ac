"""What the wizards of tariffs and plans know below their pages. Pure: no Django, no database.

>>> state = state_of(tariff)
>>> found = checks(state)
>>> tariff = definition(state)
"""

from tariffs.authoring.asked import Asked, asked
from tariffs.authoring.checks import Check, Level, Step, checks
from tariffs.authoring.curve import Compared, Point, compared, curve
from tariffs.authoring.differences import Difference, Kind, differences
from tariffs.authoring.plan_bill import PlanBill, plan_bill
from tariffs.authoring.plan_checks import plan_checks
from tariffs.authoring.plan_form import plan_definition, plan_state_of
from tariffs.authoring.plan_state import PlanForm
from tariffs.authoring.sample import Place, SampleBill, SampleLine, Split, sample, samples
from tariffs.authoring.state import TariffForm
from tariffs.authoring.tariff_form import NotExpressible, definition, state_of

__all__ = [
    "Asked",
    "Check",
    "Compared",
    "Difference",
    "Kind",
    "Level",
    "NotExpressible",
    "Place",
    "PlanBill",
    "PlanForm",
    "Point",
    "SampleBill",
    "SampleLine",
    "Split",
    "Step",
    "TariffForm",
    "asked",
    "checks",
    "compared",
    "curve",
    "definition",
    "differences",
    "plan_bill",
    "plan_checks",
    "plan_definition",
    "plan_state_of",
    "sample",
    "samples",
    "state_of",
]
