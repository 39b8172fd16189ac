"""Reads a credit for what is fed back: a metered charge whose lines are negative."""

from __future__ import annotations

from dataclasses import replace

from tariffs.engine.errors import TariffError
from tariffs.engine.pieces import Slab
from tariffs.engine.reading.bases import named
from tariffs.engine.reading.energy import energy
from tariffs.engine.reading.fields import Fields
from tariffs.engine.reading.names import Names
from tariffs.engine.shape import CreditTerms, EnergyCharge, Settle

MOST_MONTHS = 1200  # a hundred years: what a calendar computes without running out


def credit(fields: Fields, names: Names) -> EnergyCharge:
    terms = _terms(fields, names)
    if not fields.has("source") and not fields.has("attribute"):
        fields.supply("source", "export")
    return replace(_negative(energy(fields, names)), kind="credit", credit=terms)


def _terms(fields: Fields, names: Names) -> CreditTerms:
    settle = fields.choice("settle", Settle, Settle.BILL)
    if settle is Settle.BILL:
        only = "only credit that is settled in lots has this"
        fields.refuse(dict.fromkeys(("applies_to", "expires_after_months"), only))
        return CreditTerms(settle)
    applies_to = named(fields, "applies_to", names, why="must name the charges that lots lower")
    return CreditTerms(settle, applies_to, _months(fields))


def _months(fields: Fields) -> int | None:
    if not fields.has("expires_after_months"):
        return None
    months = fields.scaled("expires_after_months", 0)
    if not 1 <= months <= MOST_MONTHS:
        raise TariffError(fields.at("expires_after_months"), f"must be from 1 to {MOST_MONTHS}")
    return months


def _negative(charge: EnergyCharge) -> EnergyCharge:
    rows = tuple(replace(row, slabs=_turned(row.slabs)) for row in charge.rows)
    tables = tuple((upper, _negative(table)) for upper, table in charge.tables)
    return replace(charge, rows=rows, ladder=_turned(charge.ladder), tables=tables)


def _turned(slabs: tuple[Slab, ...]) -> tuple[Slab, ...]:
    return tuple(replace(slab, price=-slab.price) for slab in slabs)
