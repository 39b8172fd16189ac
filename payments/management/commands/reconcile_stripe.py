"""Bring the books in step with the provider: exit 0 done, 1 some objects failed, 2 no answer."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core import clock
from payments.gateway import ProviderError
from payments.operations import reconcile
from payments.outcomes import Applied

DONE, FAILED, UNANSWERED = 0, 1, 2


class Command(BaseCommand):
    help = "Apply all that the payment provider made since a moment, as after a restored backup."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", metavar="ISO", type=_moment, help=_("from this moment on"))
        parser.add_argument("--dry-run", action="store_true", help=_("show, and write nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        real_now = clock.real_now()
        if options["since"] and options["since"] > real_now:
            raise CommandError(_("That moment has not come yet."))
        try:
            report = reconcile.reconcile(
                now=clock.now(),
                real_now=real_now,
                since=options["since"],
                dry_run=options["dry_run"],
            )
        except ProviderError as error:
            self.stderr.write(_("Could not ask the provider: %s") % error)
            sys.exit(UNANSWERED)
        self._print(report, dry_run=options["dry_run"])
        sys.exit(FAILED if report.failed else DONE)

    def _print(self, report: reconcile.Report, *, dry_run: bool) -> None:
        self.stdout.write(_("Since %s") % report.since.isoformat(timespec="seconds"))
        for kind, counts in report.counts.items():
            self.stdout.write(f"{kind}: {_words(counts)}")
        for failure in report.failed:
            self.stderr.write(failure)
        if dry_run:
            self.stdout.write(_("Nothing was written."))


def _words(counts: dict[str, int]) -> str:
    words = {
        Applied.APPLIED: _("brought in step"),
        Applied.UNCHANGED: _("as they were"),
        Applied.UNMATCHED: _("of nobody known"),
        Applied.FOREIGN: _("of another installation"),
        "failed": _("failed"),
    }
    return ", ".join(f"{counts[key]} {word}" for key, word in words.items() if counts.get(key))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
