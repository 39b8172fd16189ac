"""Price usage files under tariff files, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tariffs import rate_file
from tariffs.rate_file import cases

WRONG_FILE, WRONG_OPTION = 1, 2


class Command(BaseCommand):
    help = "Price a usage file (CSV) under tariff files (JSON) and show the arithmetic."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--tariff",
            dest="tariffs",
            type=Path,
            action="append",
            default=[],
            help="tariff file, JSON; several are versions of one tariff, or a bundle",
        )
        parser.add_argument("--usage", type=Path, help="usage file, CSV")
        parser.add_argument("--account", type=Path, help="account file, JSON")
        parser.add_argument("--from", dest="first", type=_day, help="first day")
        parser.add_argument("--to", dest="end", type=_day, help="first day without")
        parser.add_argument("--zone", default="", help="time zone; default: that of the tariff")
        parser.add_argument(
            "--cycle",
            type=rate_file.Cycle,
            choices=list(rate_file.Cycle),
            help="billing period: month, whole (the file is one), or auto (months if whole)",
        )
        parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")
        parser.add_argument("--cases", type=Path, help="price every case of a directory")
        parser.add_argument("--out", type=Path, help="with --cases: write a file for each")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except rate_file.WrongFile as error:
            raise CommandError(str(error), returncode=WRONG_FILE) from error
        except rate_file.WrongOption as error:
            raise CommandError(str(error), returncode=WRONG_OPTION) from error

    def _run(self, options: dict[str, Any]) -> None:
        request = _request(options)
        if options["cases"]:
            self._price_cases(request, options)
            return
        if options["out"]:
            raise rate_file.WrongOption("--out goes with --cases")
        if not request.tariffs:
            raise rate_file.WrongOption("give --tariff, or --cases")
        priced = rate_file.price(request)
        if options["as_json"]:
            self.stdout.write(_json(rate_file.as_json(priced), indent=2))
        else:
            self.stdout.write(_written(rate_file.as_text(priced)))

    def _price_cases(self, request: rate_file.Request, options: dict[str, Any]) -> None:
        if request.tariffs or request.usage or request.account:
            raise rate_file.WrongOption("--cases finds its files itself: name no other")
        failed = total = 0
        for outcome in cases.price_all(options["cases"], request):
            self.stdout.write(_json(outcome.report))
            if options["out"]:
                _write(options["out"], outcome)
            total += 1
            failed += outcome.exit_code != 0
        if failed:
            raise CommandError(f"{failed} of {total} cases failed", returncode=WRONG_FILE)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day, e.g. 2026-01-31") from None


def _request(options: dict[str, Any]) -> rate_file.Request:
    return rate_file.Request(
        tariffs=tuple(options["tariffs"]),
        usage=options["usage"],
        account=options["account"],
        first=options["first"],
        end=options["end"],
        zone=options["zone"],
        cycle=options["cycle"],
    )


def _json(told: dict[str, Any], indent: int | None = None) -> str:
    return _written(json.dumps(told, indent=indent, ensure_ascii=False))


def _written(text: str) -> str:
    """Return a text that UTF-8 can write; what is no letter, e.g. in a file's name, becomes ?."""
    return text.encode("utf-8", "replace").decode()


def _write(folder: Path, outcome: cases.Outcome) -> None:
    """Write CASE.json; a case of an inner directory goes into one of the same name."""
    file = folder / f"{outcome.case}.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_json(outcome.report, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise rate_file.WrongOption(f"--out: {file}: {error.strerror}") from error
