"""The invariants of the doors, by their codes. Each reads only and names both sides."""

from django.utils.translation import gettext_lazy as _

from accounts.checks import privileged, reads, secrets
from core.integrity import Checks

WRITTEN_DOWN = _("Every privileged write stands in the audit trail")

CHECKS: Checks = {
    "U01": (WRITTEN_DOWN, privileged.are_written_down),
    "U02": (
        _("Each look of staff lies inside a help session, or within a role"),
        reads.had_a_right,
    ),
    "U03": (_("No secret is stored in clear"), secrets.are_sealed),
}
