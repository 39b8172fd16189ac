"""Bring in a discount policy as its next draft, and put it into force if asked."""

from __future__ import annotations

from statements.management.importing import ImportCommand
from tariffs.models import TariffVersion
from tariffs.operations import import_discount


class Command(ImportCommand):
    help = (
        "Import a discount policy (docs/reference/discount-format.md); "
        "with --publish put it into force."
    )
    model = TariffVersion
    noun = "discount"
    bring_in = staticmethod(import_discount)
