"""Compute issued statements again from their frozen inputs and compare them to the cent."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from statements.models import Statement
from statements.verify import verify


class Command(BaseCommand):
    help = "Recompute issued statements; exit 1 if one differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--number", help="only this bill")

    def handle(self, **options: Any) -> None:
        statements = Statement.objects.visible()
        if options["number"]:
            statements = statements.filter(number=options["number"])
            if not statements.exists():
                raise CommandError(f"there is no bill {options['number']}")
        differences = list(verify(statements))
        for row in differences:
            self.stderr.write(
                f"statement {row.statement_id}: {row.what}: "
                f"stored {row.stored}, computed {row.computed}"
            )
        differing = len({row.statement_id for row in differences})
        self.stdout.write(f"{statements.count()} statements recomputed, {differing} differ")
        if differences:
            raise SystemExit(1)
