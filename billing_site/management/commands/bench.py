"""Measure the product against floors taken in the same run: `manage.py bench billrun`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError

NAMES = ("tariff", "ingest", "billrun", "modbus", "pdf", "webhooks", "pages", "shadow", "growth")
COLUMNS = ("name", "unit", "n", "product", "floor", "ratio", "goal", "pass", "cpu_us", "wall_us")


class Command(BaseCommand):
    help = (
        "Run a benchmark, or all of them, and print a table and one JSON line for each row. "
        "Goals of ratios are judged at --scale full, counts at every scale."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", default="all", choices=["all", *existing()])
        parser.add_argument("--scale", default="small", choices=["small", "full"])
        parser.add_argument("--repeat", type=int, default=5)

    def handle(self, *args: Any, **options: Any) -> None:
        names = _chosen(options["name"], options["scale"])
        missed: list[str] = []
        for name in names:
            try:
                records = import_module(f"benchmarks.{name}").run(
                    options["scale"], options["repeat"]
                )
            except import_module("benchmarks.databases").NoPostgreSQL as error:
                raise CommandError(str(error)) from error
            self._print(records)
            missed += [r["name"] for r in records if is_missed(r, options["scale"])]
        if missed:
            raise CommandError("goals missed: " + ", ".join(missed), returncode=1)

    def _print(self, records: list[dict[str, Any]]) -> None:
        table = [COLUMNS, *([_cell(record.get(c)) for c in COLUMNS] for record in records)]
        widths = [max(len(row[i]) for row in table) for i in range(len(COLUMNS))]
        for row in table:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())
        for record in records:
            self.stdout.write(json.dumps(record, ensure_ascii=False))


def existing() -> list[str]:
    """Return the benchmarks that are there."""
    return [name for name in NAMES if find_spec(f"benchmarks.{name}")]


def is_missed(record: dict[str, Any], scale: str) -> bool:
    """Say whether a record counts as a failure: only counts do at small scale."""
    return not record["pass"] and (scale == "full" or bool(record.get("is_count")))


def _chosen(name: str, scale: str) -> list[str]:
    if name != "all":
        return [name]
    nightly = {"growth"} if scale == "small" else set()
    return [each for each in existing() if each not in nightly]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:g}" if isinstance(value, float) else str(value)
