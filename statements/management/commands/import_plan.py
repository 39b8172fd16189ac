"""Bring in a plan file as the next draft of its plan, and put it into force if asked."""

from __future__ import annotations

from statements.management.importing import ImportCommand
from tariffs.models import PlanVersion
from tariffs.operations import import_plan


class Command(ImportCommand):
    help = "Import a plan file (docs/reference/plan-format.md); with --publish put it into force."
    model = PlanVersion
    noun = "plan"
    bring_in = staticmethod(import_plan)
