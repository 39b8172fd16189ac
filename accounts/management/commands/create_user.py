"""manage.py create_user: make a login for a customer or a member of staff."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import IntegrityError

from accounts import operations
from accounts.models import User
from accounts.staff import StaffRole


class Command(BaseCommand):
    help = "Make a login, of staff with --role. The password is asked for, or read from PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--language", default="en")
        parser.add_argument(
            "--role",
            action="append",
            default=[],
            choices=StaffRole.values,
            metavar="ROLE",
            help="may be given several times: " + ", ".join(StaffRole.values),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("PASSWORD") or getpass.getpass("Password: ")
        roles = [StaffRole(role) for role in options["role"]]
        try:
            validate_email(options["email"])
            validate_password(password, User(email=options["email"], name=options["name"]))
            user = operations.create_user(
                options["email"],
                password=password,
                name=options["name"],
                language=options["language"],
                roles=roles,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise CommandError(f"{options['email']} has a login already.") from error
        self.stdout.write(f"{user.email}: {', '.join(options['role']) or 'customer'}")
