"""Charge the late fees of a day, or show them without charging."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Utility
from accounts.queries import utility
from core import clock
from core.money import from_minor
from ledger.operations import PeriodClosed
from payments.operations.late_fees import charge_late_fees
from payments.queries.late_fees import DueFee, late_fees_due
from payments.queries.lateness import owing_accounts


class Command(BaseCommand):
    help = "Charges every late fee that is due; a repeat charges nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day, as 2026-11-30")
        parser.add_argument("--dry-run", action="store_true", help="show, and charge nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            today = clock.today(utility().zone)
        except Utility.DoesNotExist as error:
            raise CommandError("There is no utility yet: found_utility makes one.") from error
        day = options["as_of"] or today
        if day > today:
            raise CommandError(f"{day} has not come yet: no bill is late of a day to come.")
        if options["dry_run"]:
            self._show(day)
            return
        try:
            charged = charge_late_fees(today=day, now=clock.now())
        except PeriodClosed as error:
            raise CommandError(f"The books of {day} are closed.") from error
        self.stdout.write(f"{charged} late fees charged")

    def _show(self, day: date) -> None:
        count = 0
        for account_ids in owing_accounts():
            for fee in late_fees_due(account_ids, today=day, at=clock.real_now()):
                count += 1
                self.stdout.write(_line(fee))
        self.stdout.write(f"{count} late fees are due; nothing is charged")


def _line(fee: DueFee) -> str:
    currency = fee.statement.currency
    return (
        f"{fee.statement.number} step {fee.step}: {from_minor(fee.amount_minor, currency)} "
        f"{currency} of {from_minor(fee.open_minor, currency)}, policy {fee.policy.version}"
    )
