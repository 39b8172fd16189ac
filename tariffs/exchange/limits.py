"""How much of a file is read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tariffs.exchange.entries import FileRefused

MOST_BYTES = 10_000_000
MOST_UNPACKED = 150_000_000  # bytes of the parts of a workbook
MOST_ROWS = 50_000
MOST_ENTRIES = 5_000
MOST_DRAFTS = 2_000  # made by one file on a page, so that nobody waits for a minute
MOST_CELLS = 60  # of a row
LONGEST_CELL = 100_000  # letters


def refuse_great(content: bytes) -> None:
    """:raises FileRefused: if the file has too many bytes"""
    refuse_size(len(content))


def refuse_size(size: int) -> None:
    """:raises FileRefused: if these are too many bytes"""
    if size > MOST_BYTES:
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


def refuse_many_drafts(drafts: int) -> None:
    """:raises FileRefused: if a page would make too many drafts at once"""
    if drafts > MOST_DRAFTS:
        words = {"most": MOST_DRAFTS}
        said = _("The file would make more than %(most)s drafts at once. Divide it.")
        raise FileRefused(said % words)
