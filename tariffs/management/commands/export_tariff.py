"""Print a version of a tariff as the file that import_tariff takes."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tariffs.models import TariffVersion


class Command(BaseCommand):
    help = "Print a version of a tariff as the file that import_tariff takes; else the newest one."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let --version be that of the tariff, not that of Django."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="code of the tariff")
        parser.add_argument("--version", type=int, help="number of the version; default: newest")

    def handle(self, **options: Any) -> None:
        versions = TariffVersion.objects.filter(tariff__code=options["code"])
        if options["version"] is not None:
            versions = versions.filter(number=options["version"])
        version = versions.order_by("-number").first()
        if version is None:
            which = "" if options["version"] is None else f"version {options['version']} of "
            raise CommandError(f"there is no {which}tariff {options['code']}")
        self.stdout.write(json.dumps(version.definition, indent=2, ensure_ascii=False))
