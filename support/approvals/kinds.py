"""The table of all kinds of approval: who decides on each, and by which operations."""

from __future__ import annotations

from accounts.staff import StaffRole
from support.approvals import adjustments, plans, refunds, roles, runs, switches, tariffs
from support.approvals.kind import Kind

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        refunds.KIND,
        adjustments.KIND,
        runs.KIND,
        tariffs.KIND,
        plans.KIND,
        switches.KIND,
        roles.KIND,
    )
}

# Who may see the inbox at all: those who ask, those who decide, and the auditor, who only reads.
SEEING = (
    StaffRole.SUPPORT,
    StaffRole.CASHIER,
    StaffRole.BILLING_SPECIALIST,
    StaffRole.BILLING_MANAGER,
    StaffRole.FINANCE,
    StaffRole.ADMINISTRATOR,
    StaffRole.AUDITOR,
)
