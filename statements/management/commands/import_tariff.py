"""Bring in a tariff file as the next draft of its tariff, and put it into force if asked."""

from __future__ import annotations

from statements.management.importing import ImportCommand
from tariffs.models import TariffVersion
from tariffs.operations import import_tariff


class Command(ImportCommand):
    help = (
        "Import a tariff file (docs/reference/tariff-format.md); with --publish put it into force."
    )
    model = TariffVersion
    noun = "tariff"
    bring_in = staticmethod(import_tariff)
