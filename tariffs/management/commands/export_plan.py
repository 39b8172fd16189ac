"""Print a version of a plan as the file that import_plan takes."""

from __future__ import annotations

from django.db.models import QuerySet

from tariffs.management.exporting import ExportCommand
from tariffs.models import PlanVersion


class Command(ExportCommand):
    help = "Print a version of a plan as the file that import_plan takes; else the newest one."
    noun = "plan"

    def versions(self, code: str) -> QuerySet[PlanVersion]:
        return PlanVersion.objects.filter(plan__code__iexact=code)
