"""Price a usage file under a tariff file, without a database."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.periods import BadPeriod, Period, midnight
from tariffs import bill_of_use, engine, usage_file


class Command(BaseCommand):
    help = "Price a usage file (CSV) under a tariff file (JSON) and show the arithmetic."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tariff", type=Path, required=True, help="tariff file, JSON")
        parser.add_argument("--usage", type=Path, required=True, help="usage file, CSV")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day")
        parser.add_argument("--to", dest="end", type=date.fromisoformat, help="first day without")
        parser.add_argument("--zone", default="", help="time zone; default: that of the tariff")
        parser.add_argument(
            "--cycle",
            type=bill_of_use.Cycle,
            choices=list(bill_of_use.Cycle),
            default=bill_of_use.Cycle.AUTO,
            help="billing period: month, whole (the file is one), or auto (months if whole)",
        )
        parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        tariff = _tariff(options["tariff"])
        zone = _zone(options["zone"]) if options["zone"] else tariff.zone
        use = _use(options["usage"], zone)
        within = _within(use, options["first"], options["end"], zone)
        try:
            made = bill_of_use.bills(tariff, use, within, zone, options["cycle"])
        except (usage_file.BadUsage, engine.UsageError) as error:
            raise CommandError(f"{options['usage']}: {error}") from error
        warnings = [
            f"channel {name} is not priced by this tariff"
            for name in use.rows
            if name not in tariff.sources
        ]
        if options["as_json"]:
            self.stdout.write(json.dumps(bill_of_use.as_json(tariff, made, warnings), indent=2))
        else:
            self.stdout.write(bill_of_use.as_text(tariff, made, warnings))


def _tariff(path: Path) -> engine.Tariff:
    try:
        return engine.parse(engine.load(path.read_text(encoding="utf-8")))
    except (engine.TariffError, OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error


def _use(path: Path, zone: ZoneInfo) -> usage_file.UsageFile:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return usage_file.read(lines, zone)
    except (usage_file.BadUsage, OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CommandError(f"--zone: {name!r} is not a time zone") from error


def _within(
    use: usage_file.UsageFile, first: date | None, end: date | None, zone: ZoneInfo
) -> Period | None:
    """Return the days asked for; an end left out is the end of the file."""
    if first is None and end is None:
        return None
    whole = use.period()
    try:
        return Period(
            midnight(first, zone) if first else whole.starts_at,
            midnight(end, zone) if end else whole.ends_at,
        )
    except (BadPeriod, OverflowError) as error:
        raise CommandError(f"--from, --to: {error}") from error
