"""How much of a file is read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tariffs.exchange.entries import FileRefused

MOST_BYTES = 10_000_000
MOST_UNPACKED = 150_000_000  # bytes of the parts of a workbook
MOST_ROWS = 50_000
MOST_ENTRIES = 5_000
MOST_CELLS = 60  # of a row
LONGEST_CELL = 100_000  # letters


def refuse_great(content: bytes) -> None:
    """:raises FileRefused: if the file has too many bytes"""
    if len(content) > MOST_BYTES:
        words = {"most": MOST_BYTES // 1_000_000}
        raise FileRefused(_("The file is larger than %(most)s MB. Divide it.") % words)


def refuse_many_rows(rows: int) -> None:
    """:raises FileRefused: if there are too many rows"""
    if rows > MOST_ROWS:
        words = {"most": MOST_ROWS}
        raise FileRefused(_("The file has more than %(most)s rows. Divide it.") % words)


def refuse_many_entries(entries: int) -> None:
    """:raises FileRefused: if there are too many tariffs and plans"""
    if entries > MOST_ENTRIES:
        words = {"most": MOST_ENTRIES}
        said = _("The file holds more than %(most)s tariffs and plans. Divide it.")
        raise FileRefused(said % words)
