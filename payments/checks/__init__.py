"""The invariants of payments, by their codes. Each reads only and names both sides."""

from django.utils.translation import gettext_lazy as _

from accounts.checks import WRITTEN_DOWN
from core.integrity import Checks
from payments.checks import (
    attempts,
    booked,
    chargebacks,
    frozen,
    inbox,
    privileged,
    refunds,
    sources,
)

CHECKS: Checks = {
    "L07": (_("A source key is posted once and names a row of ours"), sources.are_ours),
    "P01": (_("Each payment is in the books once, as it came"), booked.are_booked_once),
    "P02": (_("One live attempt for a target, and none too old"), attempts.are_live_once),
    "P03": (_("No more goes back than came"), refunds.give_back_what_came),
    "P04": (_("Refunds stand in the books as they stand"), refunds.are_booked),
    "P05": (_("Chargebacks stand in the books as they stand"), chargebacks.are_booked),
    "P06": (_("No attempt left a final state or skipped its history"), attempts.move_on),
    "P07": (_("Every event is worked off"), inbox.is_worked_off),
    "P08": (_("No answer of the provider is awaited too long"), attempts.are_answered),
    "P09": (_("What was sent is what was frozen"), frozen.are_frozen),
    "U01": (WRITTEN_DOWN, privileged.are_written_down),
}
