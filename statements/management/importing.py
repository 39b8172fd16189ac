"""What commands share that bring a file in as a draft, and put it into force if asked."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Max

from core import clock
from statements.operations.publish import publish
from tariffs import engine
from tariffs.models import PlanVersion, TariffVersion
from tariffs.operations import NotImportable, NotPublishable

Version = TariffVersion | PlanVersion


class ImportCommand(BaseCommand):
    """Import one JSON file; the subclass says what it holds."""

    model: ClassVar[type[TariffVersion] | type[PlanVersion]]
    noun: ClassVar[str]
    bring_in: ClassVar[Callable[..., Version]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=f"{self.noun} file, JSON")
        parser.add_argument("--publish", action="store_true", help="put it into force at once")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        file: Path = options["file"]
        try:
            definition = engine.load(file.read_text(encoding="utf-8"))
            said = self._bring_in(definition, is_published=options["publish"])
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from error
        except (engine.TariffError, NotImportable, NotPublishable) as error:
            raise CommandError(f"{file}: {error}") from error
        self.stdout.write(said)

    def _bring_in(self, definition: Mapping[str, Any], *, is_published: bool) -> str:
        before = self.model.objects.aggregate(last=Max("pk"))["last"] or 0
        version = type(self).bring_in(definition, author=None)
        if is_published:
            publish(version, approver=None, published_at=clock.now())
        said = "is" if version.pk > before else "is unchanged:"
        return f"{version} {said} {version.get_state_display()}"
