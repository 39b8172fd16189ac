"""Reads what must hold for a charge or tax."""

from __future__ import annotations

from tariffs.engine.conditions import Named, Term
from tariffs.engine.reading.fields import Fields


def terms(fields: Fields) -> tuple[Term, ...]:
    return tuple(Named(frozenset((name,))) for name in fields.texts("when"))
