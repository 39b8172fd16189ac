"""Print the table of permissions as a page, or write the page anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from billing_site.permissions import table
from billing_site.permissions.page import PAGE, page


class Command(BaseCommand):
    help = "Print the table of permissions as a page; --write renews the one in the documentation."
    requires_system_checks = ()  # it must run while an address still lacks its row

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help=_("write docs/reference"))

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        try:
            text = page(table.load())
        except table.BadTable as error:
            raise CommandError(str(error)) from error
        if write:
            PAGE.write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
