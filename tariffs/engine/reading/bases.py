"""Reads named bases: charges that percentages, minimums and credits name together."""

from __future__ import annotations

from tariffs.engine.reading.fields import Fields


def bases(top: Fields) -> dict[str, tuple[str, ...]]:
    return {}
