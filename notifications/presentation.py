"""Notices as the inbox lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notifications.events import word_of
from notifications.models import Notice


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice and its type in words."""

    notice: Notice
    word: str


def entries(notices: Iterable[Notice]) -> list[Entry]:
    return [Entry(notice, word_of(notice.kind)) for notice in notices]
