"""S01 to S08: our books against the provider's. Its books are read first, outside any snapshot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.integrity import Finding
from payments.checks.provider import balance, fees, inbox, pages, payouts, received, returned
from payments.checks.provider.comparison import Comparison
from payments.checks.provider.reading import GRACE, Reading, read

__all__ = ["CHECKS", "GRACE", "Comparison", "Reading", "read"]

CHECKS: dict[str, tuple[Any, Callable[[Comparison], Sequence[Finding]]]] = {
    "S01": (_("Each payment at the provider is in our books once, and back"), received.agree),
    "S02": (_("Refunds and chargebacks are the same there and here"), returned.agree),
    "S03": (_("Our balance at the provider is what our books say"), balance.agrees),
    "S04": (_("Each fee is booked as it was charged"), fees.agree),
    "S05": (_("A payout is what it pays out, there and here"), payouts.agree),
    "S06": (_("No page is open for what is paid"), pages.are_closed),
    "S07": (_("Every event of the provider is in the inbox"), inbox.is_complete),
    "S08": (_("What is stored is of our mode, account and version"), inbox.is_ours),
}
