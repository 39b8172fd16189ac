"""Fill an empty database with a small utility and thirteen months of its history."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from billing_site.demo import house
from billing_site.demo.seed import times, world
from billing_site.demo.seed.devices import MAPS, Reach
from core import clock

FIRST_FLEET_PORT = 15_020


class Command(BaseCommand):
    help = "Create the demonstration: the same seed gives the same utility, to the cent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=60)
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--leave-last-day",
            action="store_true",
            help="end the readings before the last local day of the open month",
        )
        parser.add_argument(
            "--interval", type=int, default=300, help="seconds between polls of the fleet"
        )
        parser.add_argument(
            "--fleet-ports",
            type=int,
            nargs=len(MAPS),
            help="ports of the simulated fleet, one for each make of meter; else free ones",
        )

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is for demonstrations only; PRODUCTION is on.")
        if world.is_complete():
            raise CommandError("There is a utility in this database already; it is left as it is.")
        self.started = time.monotonic()
        now = clock.now()
        calendar = times.calendar(now, leave_last_day=options["leave_last_day"])
        ports = options["fleet_ports"] or house.free_ports(FIRST_FLEET_PORT, len(MAPS))
        reach = Reach(tuple(ports), options["interval"])
        wish = world.Wish(options["customers"], options["seed"], reach)
        world.create(wish, calendar=calendar, now=now, tell=self._tell)
        self._tell("done")

    def _tell(self, text: str) -> None:
        self.stdout.write(f"{time.monotonic() - self.started:6.1f} s  {text}")
        self.stdout.flush()
