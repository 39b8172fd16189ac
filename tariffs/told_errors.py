"""What the pure parts of pricing refuse, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from tariffs import names
from tariffs.authoring.sample_error import SampleError
from tariffs.engine import UsageError
from tariffs.engine.examples import Failure

SAID: Mapping[str, Promise] = {
    "too_fine": gettext_lazy("%(number)s is finer than the unit is metered"),
    "negative": gettext_lazy("%(number)s is below zero"),
    "too_great": gettext_lazy("%(number)s is too great to be priced"),
    "units_differ": gettext_lazy("%(commodity)s is priced in units that do not go together"),
    "not_split": gettext_lazy("it is not said how much is used in these hours: %(bands)s"),
    "above_use": gettext_lazy("the parts of the hours come to more than the use"),
    "below_use": gettext_lazy("the parts of the hours come to less than the use"),
    "no_tariff": gettext_lazy("there is no tariff to price by"),
}


def usage(error: UsageError) -> str:
    """Say why a use cannot be priced; what only the engine knows is said as it says it."""
    if not isinstance(error, SampleError):
        return str(error)
    told = dict(error.told)
    if "bands" in told:
        told["bands"] = ", ".join(names.told(band) for band in told["bands"].split(", "))
    return str(SAID[error.code]) % told


def failure(found: Failure) -> str:
    """Say how a bill worked by hand does not come out."""
    told = {
        "name": found.name or formats.day(found.first),
        "came": found.came,
        "expected": found.expected,
        "why": found.why,
    }
    if found.why:
        return _("Worked example “%(name)s”: %(why)s") % told
    return _("Worked example “%(name)s”: %(came)s comes out instead of %(expected)s") % told


def failures(found: Iterable[Failure]) -> str:
    """Say of several worked bills how they do not come out."""
    return "; ".join(failure(each) for each in found)
