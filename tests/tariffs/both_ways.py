"""The same bill by the engine and by the walk, and the smallest difference between them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from core.money import Rounding
from core.periods import Period
from tariffs import engine
from tests.tariffs import random_tariffs, reference

PRICE_SCALE = 10**8
Key = tuple[Any, ...]  # segment, charge, kind, season, band, row, slab, table, what else
Line = tuple[Fraction, int]  # quantity in units, minor units
Tariffs = dict[int, engine.Tariff]  # by the identity of a definition
Found = dict[Key, list[Line]]


def parsed(pair: random_tariffs.Pair) -> Tariffs:
    return {id(definition): engine.parse(definition) for definition in pair.definitions}


def rated(
    pair: random_tariffs.Pair, accounts: list[int], tariffs: Tariffs | None = None
) -> list[engine.Rated]:
    """Rate some accounts of a pair as one batch, period after period."""
    known = parsed(pair) if tariffs is None else tariffs
    past = _past(pair, accounts)
    found = []
    for period in pair.periods:
        segments = [_segment(segment, known) for segment in period.segments]
        usage = usage_of(period, accounts)
        one = engine.rate(
            segments,
            usage,
            [],
            currency=pair.currency,
            n=len(accounts),
            rounding=Rounding(pair.rounding),
            past=past,
        )
        past = engine.carry(past, one, usage)
        found.append(one)
    return found


def walked(
    pair: random_tariffs.Pair, account: int, rows_at: list[dict[Any, Any]] | None = None
) -> list[reference.Bill]:
    """Walk one account of a pair, period after period."""
    past, found = pair.past[account], []
    known = rows_at or [{} for _ in pair.periods]
    for period, rows in zip(pair.periods, known, strict=True):
        bill = reference.bill(
            period.segments,
            period.uses[account],
            currency=pair.currency,
            past=past,
            rounding=pair.rounding,
            rows_at=rows,
        )
        past = reference.carry(past, bill, period.first_days)
        found.append(bill)
    return found


def differences(pair: random_tariffs.Pair) -> list[str]:
    """Return what differs between batch, single form and walk, in words; empty if nothing."""
    everyone = list(range(len(pair.past)))
    tariffs = parsed(pair)
    batch, found = rated(pair, everyone, tariffs), []
    rows_at: list[dict[Any, Any]] = [{} for _ in pair.periods]
    is_exact = pair.definitions[0].get("total", {}).get("round") == "once"
    for account in everyone:
        alone = rated(pair, [account], tariffs)
        for number, bill in enumerate(walked(pair, account, rows_at)):
            where = f"account {account}, period {number}"
            lines = engine_lines(batch[number], account, is_exact=is_exact)
            found += _compared(where, lines, bill_lines(bill, is_exact=is_exact))
            if int(batch[number].total_minor[account]) != bill.total:
                found.append(f"{where}: total {batch[number].total_minor[account]}, {bill.total}")
            if arithmetic(batch[number], account) != arithmetic(alone[number], 0):
                found.append(f"{where}: the single form differs from the batch")
    return found


def arithmetic(one: engine.Rated, account: int) -> dict[str, Any]:
    """Return the trace of an account without the warnings, which are those of its batch."""
    return {**one.trace(account), "warnings": []}


def engine_lines(one: engine.Rated, account: int, *, is_exact: bool = False) -> Found:
    """Return the lines of the engine; a key has two only where a tax changed inside the bill."""
    found: Found = {}
    for column in one.columns:
        scale = column.quantity_scale // (100 if column.unit == "percent" else 1)
        quantity = Fraction(int(column.quantity[account]), scale)
        amount = int(column.amount_minor[account])
        key = column.segment, column.charge, column.kind, *_place(column.label)
        shown = _shown_as(column.unit, quantity, is_exact)
        if shown or amount:
            found.setdefault(key, []).append((shown, amount))
    return {key: sorted(lines) for key, lines in found.items()}


def bill_lines(bill: reference.Bill, *, is_exact: bool = False) -> Found:
    found: Found = {}
    for line in bill.lines:
        key = (line.segment, line.charge, line.kind, line.season, line.band)
        key += (line.row, line.slab, line.table, line.tag)
        shown = _shown_as(line.unit, line.quantity, is_exact)
        if shown or line.amount:
            found.setdefault(key, []).append((shown, line.amount))
    return {key: sorted(lines) for key, lines in found.items()}


def _shown_as(unit: str, quantity: Fraction, is_exact: bool) -> Fraction:
    """Return a quantity to compare; a sum of exact amounts is shown rounded, so it is left out."""
    return Fraction(0) if is_exact and unit in ("percent", "money") else quantity


def _place(label: Mapping[str, Any]) -> Key:
    tag = label.get("step") or label.get("lots") or ("top-up" if "minimum" in label else "")
    tag = tag or ("exempt" if "exempt" in label else "")
    names = label.get("season", ""), label.get("band", ""), label.get("row", 0)
    return *names, label.get("slab", 0), label.get("table", 0), tag


def _compared(where: str, engine_found: Found, walk_found: Found) -> list[str]:
    found = []
    for key in sorted(engine_found.keys() | walk_found.keys(), key=str):
        one, other = engine_found.get(key, []), walk_found.get(key, [])
        if one != other:
            found.append(f"{where}: {key}: engine {_told(one)}, walk {_told(other)}")
    return found


def _told(lines: list[Line]) -> str:
    return " and ".join(f"{quantity} = {amount}" for quantity, amount in lines) or "nothing"


def described(pair: random_tariffs.Pair, found: list[str]) -> str:
    """Tell the seed, the smallest difference and the definitions."""
    texts = [json.dumps(definition, indent=1) for definition in pair.definitions]
    return "\n".join([f"seed {pair.seed}: {len(found)} differences", min(found, key=len), *texts])


def _segment(given: reference.Segment, tariffs: dict[int, engine.Tariff]) -> engine.Segment:
    return engine.Segment(
        tariffs[id(given.tariff)],
        Period(given.starts_at, given.ends_at),
        Period(*given.cycle),
        given.zone,
        key=given.key,
        conditions=given.conditions,
        unserved=given.unserved,
        given={name: int(value * PRICE_SCALE) for name, value in given.given.items()},
    )


def usage_of(
    period: random_tariffs.Period, accounts: list[int]
) -> dict[tuple[int, str], engine.Usage]:
    return {
        key: _use([period.uses[account][key] for account in accounts])
        for key in period.uses[accounts[0]]
    }


def _use(mine: list[Any]) -> engine.Usage:
    first = mine[0]
    if isinstance(first, reference.Readings):
        values = np.array([use.values for use in mine], dtype=np.int64)
        return engine.Intervals(first.starts_at, first.interval_s, values)
    if isinstance(first, reference.Registers):
        return engine.Registers(
            {band: np.array([use.values[band] for use in mine]) for band in first.values}
        )
    return engine.Totals(np.array([use.value for use in mine]))


def _past(pair: random_tariffs.Pair, accounts: list[int]) -> dict[str, engine.Past]:
    mine = [pair.past[account] for account in accounts]
    return {
        key: engine.Past(
            peaks=_histories([past[key].peaks for past in mine]),
            uses=_histories([past[key].uses for past in mine]),
            bases=_histories([past[key].bases for past in mine]),
            lots={
                code: tuple(engine.Lot(day, values) for day, values in entries)
                for code, entries in _histories([past[key].lots for past in mine]).items()
            },
        )
        for key in mine[0]
    }


def _histories(of: list[Mapping[str, list[tuple[date, int]]]]) -> dict[str, Any]:
    return {
        name: tuple(
            (entries[0][0], np.array([value for _, value in entries]))
            for entries in zip(*(history[name] for history in of), strict=True)
        )
        for name in of[0]
    }
