"""Give the application's database role its rights; run after every migrate, as the owner."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.db import rights


class Command(BaseCommand):
    help = "Give a PostgreSQL role what the application needs, and nothing more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", required=True, help=_("an existing role, not the owner"))

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(_("Roles exist on PostgreSQL only."))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(_("There is no role %s.") % role)
            if found[0]:
                raise CommandError(_("%s is a superuser: no right can hold it.") % role)
            for statement in rights.statements(connection, role):
                cursor.execute(statement)
        self.stdout.write(_("%s may work with the tables now.") % role)
