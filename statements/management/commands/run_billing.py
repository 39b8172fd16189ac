"""Close a month: calculate and issue the statements of every account that is due."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection

from core import clock
from statements.models import BillingCycle, BillingRun
from statements.operations import work
from statements.operations.plan import BadMonth, plan
from statements.queries import RunSummary, run_summary
from statements.rating.trial import TrialSummary, trial

WAIT_SECONDS = 0.2
DRY_RUN_HAS_CHANGES = 3
PARTIAL = 4


class Command(BaseCommand):
    help = (
        "Bill the cycles whose period ends in a month; safe to start anywhere, any number of times."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--period", required=True, help="the billed month, YYYY-MM")
        parser.add_argument("--as-of", help="ISO moment for issue date, due dates, tariff choice")
        parser.add_argument("--cycle", default="monthly", help="code of the billing cycle")
        parser.add_argument("--dry-run", action="store_true", help="compute all, write nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        as_of = _moment(options["as_of"])
        try:
            cycle = BillingCycle.objects.get(code=options["cycle"])
        except BillingCycle.DoesNotExist as error:
            raise CommandError(f"there is no billing cycle {options['cycle']!r}") from error
        try:
            if options["dry_run"]:
                self._dry_run(trial(cycle, options["period"], as_of=as_of), options["json"])
                return
            run = plan(cycle, options["period"], as_of=as_of, started_by="system")
        except BadMonth as error:
            raise CommandError(str(error)) from error
        run = self._work(run)
        self._report(run_summary(run), options["json"])

    def _work(self, run: BillingRun) -> BillingRun:
        """Take chunks until the run rests; wait for those that other workers hold."""
        while True:
            try:
                state = work.advance(run.pk)
                if state in (*BillingRun.FINISHED, BillingRun.State.AWAITING_APPROVAL):
                    break
                if not work.step(run):
                    time.sleep(WAIT_SECONDS)
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"database: {error}".strip())
                connection.close()
                time.sleep(1)
        return BillingRun.objects.get(pk=run.pk)

    def _dry_run(self, summary: TrialSummary, as_json: bool) -> None:
        self.stdout.write(json.dumps(summary.as_dict()) if as_json else summary.as_text())
        if summary.bills:
            raise SystemExit(DRY_RUN_HAS_CHANGES)

    def _report(self, summary: RunSummary, as_json: bool) -> None:
        self.stdout.write(json.dumps(summary.as_dict()) if as_json else summary.as_text())
        if summary.state == BillingRun.State.AWAITING_APPROVAL or summary.parked or summary.held:
            raise SystemExit(PARTIAL)


def _moment(text: str | None) -> datetime:
    if not text:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--as-of {text!r} is not an ISO moment") from error
    if moment.tzinfo is None:
        raise CommandError(f"--as-of {text!r} needs an offset, e.g. {text}+00:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise CommandError(f"--as-of {text!r} is out of range") from error
