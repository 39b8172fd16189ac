"""Bring in a tariff file as the next draft of its tariff, and put it into force if asked."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Max

from core import clock
from statements.operations.publish import publish
from tariffs import engine
from tariffs.models import TariffVersion
from tariffs.operations import NotImportable, NotPublishable, import_tariff


class Command(BaseCommand):
    help = (
        "Import a tariff file (docs/reference/tariff-format.md); with --publish put it into force."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="tariff file, JSON")
        parser.add_argument("--publish", action="store_true", help="put it into force at once")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        file: Path = options["file"]
        try:
            definition = engine.load(file.read_text(encoding="utf-8"))
            before = TariffVersion.objects.aggregate(last=Max("pk"))["last"] or 0
            version = import_tariff(definition, author=None)
            if options["publish"]:
                publish(version, approver=None, published_at=clock.now())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from error
        except (engine.TariffError, NotImportable, NotPublishable) as error:
            raise CommandError(f"{file}: {error}") from error
        said = "is" if version.pk > before else "is unchanged:"
        self.stdout.write(f"{version} {said} {version.get_state_display()}")
