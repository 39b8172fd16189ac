"""Compile the catalogues of words, or bring them up to date with the sources."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from core.translations import catalogues


class Command(BaseCommand):
    help = "Say how much of each language is translated; --compile makes it usable."
    requires_system_checks = ()  # one of them asks for this command

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--compile", action="store_true", help=_("compile what has changed"))
        parser.add_argument(
            "--extract", action="store_true", help=_("read the texts of the sources anew")
        )
        parser.add_argument("--quiet", action="store_true", help=_("say nothing"))

    def handle(self, *, extract: bool, quiet: bool, **options: Any) -> None:
        if extract:
            for language in catalogues.languages():
                catalogues.update(language)
        if options["compile"] or extract:
            catalogues.compile_stale()
        if not quiet:
            self.stdout.write("\n".join(_lines()))


def _lines() -> list[str]:
    """Return one line for each language: what is translated, of how much."""
    lines = []
    for language in catalogues.languages():
        found = list(catalogues.messages(catalogues.read(language)))
        is_source = catalogues.is_source(language)
        done = sum(is_source or catalogues.is_translated(message) for message in found)
        lines.append(f"{language}  {done} / {len(found)}")
    return lines
