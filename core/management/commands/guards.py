"""List the database guards that are absent, or put them back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.db import expected


class Command(BaseCommand):
    help = "List the database guards that are absent; --restore puts them back."
    requires_system_checks = ()  # it must run when they fail

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--restore", action="store_true", help=_("create them again"))

    def handle(self, *args: Any, restore: bool, **options: Any) -> None:
        if restore:
            with transaction.atomic():
                restored = expected.restore(connection)
            self.stdout.write("\n".join(restored) or _("Nothing was absent."))
            return
        absent = expected.missing(connection)
        if absent:
            raise CommandError("\n".join(absent))
        self.stdout.write(_("Every guard is in place."))
