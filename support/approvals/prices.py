"""What the inbox does with prices and plans alike: put into force, send back, take back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Approval
from core import clock, formats
from statements.operations import publish
from statements.presentation import shadow_found
from statements.pricing.detail import effect
from statements.pricing.shadow.results import latest_run, results
from support.approvals.kind import Decision


@dataclass(frozen=True)
class Publishing:
    """The operations of one kind of version; `version` finds the one that is asked for."""

    version: Callable[[Approval], publish.Version]

    def facts(self, approval: Approval) -> list[tuple[str, Any]]:
        version = self.version(approval)
        return [
            (_("In force from"), formats.day(version.starts_on)),
            (_("What changed"), version.change_summary),
            (_("Written by"), version.author.get_full_name() if version.author else _("an import")),
            (_("Services of customers billed by it today"), formats.number(_customers(version))),
            (_("Shadow billing"), _compared(version)),
        ]

    def has_changed(self, approval: Approval) -> bool:
        return self.version(approval).digest != approval.fingerprint

    def approve(self, decision: Decision) -> None:
        publish.approve_publication(
            self.version(decision.approval),
            asked=decision.approval,
            approver=decision.by,
            published_at=decision.now,
        )

    def reject(self, decision: Decision) -> None:
        version = self.version(decision.approval)
        publish.send_back(
            decision.approval, version, by=decision.by, note=decision.note, now=decision.now
        )

    def withdraw(self, decision: Decision) -> None:
        version = self.version(decision.approval)
        publish.take_back(decision.approval, version, by=decision.by, now=decision.now)


def _customers(version: publish.Version) -> int:
    return effect.customers(version, clock.now())


def _compared(version: publish.Version) -> str:
    """Return what past bills would have come to, in a sentence."""
    run = latest_run(version)
    if run is None or not run.months_priced:
        return _("Nobody has compared this version with real readings yet.")
    return shadow_found.finding(results(run))
