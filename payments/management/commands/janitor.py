"""Ask the provider about every attempt and refund that waits for an answer."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from core import clock
from payments.operations import janitor

SECONDS = 15


class Command(BaseCommand):
    help = "Bring payments and refunds to an answer by asking the provider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help=_("end after one round"))
        parser.add_argument("--all", action="store_true", help=_("also what is not due yet"))

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            now = clock.now()
            attempts = janitor.look_after_attempts(now=now, everything=options["all"])
            refunds = janitor.look_after_refunds(now=now, everything=options["all"])
            said = _("%(attempts)d payments and %(refunds)d refunds were looked at")
            self.stdout.write(said % {"attempts": attempts, "refunds": refunds})
            if options["once"]:
                return
            time.sleep(SECONDS)
