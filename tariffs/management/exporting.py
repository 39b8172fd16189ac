"""What commands share that print a version as the file it came from."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet


class ExportCommand(BaseCommand):
    """Print one version; the subclass says of what."""

    noun: ClassVar[str]

    def versions(self, code: str) -> QuerySet[Any]:
        """Return the versions of the one that has this code."""
        raise NotImplementedError

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let --version be that of the file, not that of Django."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help=f"code of the {self.noun}")
        parser.add_argument("--version", type=int, help="number of the version; default: newest")

    def handle(self, **options: Any) -> None:
        versions = self.versions(options["code"])
        if options["version"] is not None:
            versions = versions.filter(number=options["version"])
        version = versions.order_by("-number").first()
        if version is None:
            which = "" if options["version"] is None else f"version {options['version']} of "
            raise CommandError(f"there is no {which}{self.noun} {options['code']}")
        self.stdout.write(json.dumps(version.definition, indent=2, ensure_ascii=False))
