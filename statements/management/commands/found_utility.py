"""manage.py found_utility: the first row of a new house, with its monthly billing cycle."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Utility
from meters.models.places import validate_zone
from statements.models import BillingCycle


class Command(BaseCommand):
    help = "Found the utility of this database: its name, currency and time zone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--currency", required=True, help="ISO 4217 code, e.g. USD")
        parser.add_argument("--zone", required=True, help="time zone, e.g. America/Chicago")
        parser.add_argument("--country", required=True, help="ISO 3166 code, e.g. US")
        parser.add_argument("--payment-term-days", type=int, default=21)
        parser.add_argument("--email", default="")
        parser.add_argument("--phone", default="")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Utility.objects.exists():
            raise CommandError("this database has its utility already; change it in the admin")
        utility = Utility(
            pk=1,
            name=options["name"],
            currency=options["currency"],
            zone_name=options["zone"],
            country=options["country"],
            payment_term_days=options["payment_term_days"],
            email=options["email"],
            phone=options["phone"],
        )
        try:
            validate_zone(utility.zone_name)
            utility.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        utility.save(force_insert=True)
        BillingCycle.objects.get_or_create(code="monthly", defaults={"name": "Monthly"})
        self.stdout.write(f"{utility.name} is founded; it bills monthly in {utility.currency}")
