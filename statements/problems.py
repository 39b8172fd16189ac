"""Why an account cannot be billed now: coded, in words, with what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

WAYS_OUT = {
    "no_plan": _("Assign a plan to the agreement for the whole period, then retry."),
    "tariff_gap": _("Publish a tariff version that covers the whole period, then retry."),
    "no_meter": _("Install a meter on the usage point, or end the agreement, then retry."),
    "no_channel": _("Measure this quantity in the whole period, or change the plan, then retry."),
    "wrong_unit": _("Give the agreement a plan that prices what its meter counts, then retry."),
    "no_other_use": _("Bill the other service of this location with this one, then retry."),
    "no_given_number": _("Enter the number for the whole period under Tariffs, then retry."),
    "bad_attribute": _("Correct the attributes of the service location, then retry."),
    "not_priceable": _("Mend what the message names, in the readings or the tariff, then retry."),
    "off_bounds": _("Measure in intervals that end with the local day or agreement, then retry."),
    "missing_reads": _("Collect or estimate the missing readings, then retry."),
    "suspect_reads": _("Accept, edit or reject the readings in question, then retry."),
    "bad_tariff": _("Correct the tariff and publish a new version, then retry."),
    "engine_error": _("Report this to the developers with the reference; retry after the fix."),
    "impossible_total": _("Check the readings and the tariff of this account, then retry."),
    "too_many_lines": _("Look for repeated charges in the tariff, then retry."),
    "currency_mismatch": _("Give the account a plan in its own currency, then retry."),
    "mixed_zones": _("Move the agreements to accounts of their own, one per location."),
    "bad_zone": _("Correct the time zone of the service location, then retry."),
    "crashed": _("Its calculation ended the worker three times; report it to the developers."),
}
HOLDS = {
    "high_estimate": gettext_noop("More than 30 % of the quantity is estimated."),
    "unusual_total": gettext_noop("The total is far above the bills before."),
}


@dataclass(frozen=True)
class Problem(Exception):
    """What stops one account; the others go on.

    :param code: a key of WAYS_OUT
    :param detail: names the agreement, reading, tariff or range at fault
    """

    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"
