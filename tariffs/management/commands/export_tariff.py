"""Print a version of a tariff as the file that import_tariff takes."""

from __future__ import annotations

from django.db.models import QuerySet

from tariffs.management.exporting import ExportCommand
from tariffs.models import TariffVersion


class Command(ExportCommand):
    help = "Print a version of a tariff as the file that import_tariff takes; else the newest one."
    noun = "tariff"

    def versions(self, code: str) -> QuerySet[TariffVersion]:
        return TariffVersion.objects.filter(tariff__code=code)
