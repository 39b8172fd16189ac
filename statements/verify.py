"""The recomputation certificate: read a statement's frozen inputs again and rate them again."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.periods import Period
from meters.readings import fetch_matrix_as_billed
from statements.models import Carried, Statement, StatementLine, Trace
from statements.problems import Problem
from statements.rating import carry, price, trace, usage
from statements.rating.book import PricedTime
from statements.rating.inputs import AgreementInput, BillInput, ChannelUse
from statements.rating.versions import tariffs_by_version
from tariffs import engine

BATCH = 200


@dataclass(frozen=True)
class Difference:
    """What does not agree for one statement, both sides."""

    statement_id: int
    what: str
    stored: str
    computed: str


def verify(statements: QuerySet[Statement]) -> Iterator[Difference]:
    """Yield a difference for each statement that its frozen inputs do not give again."""
    keys = list(statements.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        yield from _verify_batch(keys[start : start + BATCH])


def _verify_batch(keys: Sequence[int]) -> Iterator[Difference]:
    stored = Statement.objects.in_bulk(keys)
    texts: dict[int, str] = {}
    for pk, data in Trace.objects.filter(pk__in=keys).values_list("pk", "data"):
        texts[pk] = trace.unpack(data)
    for pk in keys:
        if pk not in texts:
            yield Difference(pk, "trace", "missing", "")
        elif trace.digest(texts[pk]) != stored[pk].input_digest:
            digest = trace.digest(texts[pk])
            yield Difference(pk, "input digest", stored[pk].input_digest, digest)
            del texts[pk]
    try:
        computed = recompute({pk: json.loads(text) for pk, text in texts.items()})
    except (Problem, KeyError, ValueError) as error:
        if len(keys) == 1:
            yield Difference(keys[0], "inputs", "readable", str(error))
            return
        for pk in keys:
            yield from _verify_batch([pk])
        return
    lines, carried = _stored_lines(list(computed)), _stored_rows(list(computed))
    for pk, bill in computed.items():
        yield from _compare(stored[pk], lines[pk], bill)
        if carried[pk] != set(bill.carried):
            yield Difference(pk, "carried", str(sorted(carried[pk])), str(sorted(bill.carried)))


def _compare(
    statement: Statement, lines: Sequence[price.Line], bill: price.Bill
) -> Iterator[Difference]:
    if price.digest(lines) != statement.lines_digest:
        yield Difference(statement.pk, "stored lines", statement.lines_digest, price.digest(lines))
    if price.digest(bill.lines) != statement.lines_digest:
        yield Difference(statement.pk, "lines", statement.lines_digest, price.digest(bill.lines))
    if bill.total_minor != statement.total_minor:
        yield Difference(statement.pk, "total", str(statement.total_minor), str(bill.total_minor))


def _stored_lines(keys: Sequence[int]) -> dict[int, list[price.Line]]:
    found: dict[int, list[price.Line]] = defaultdict(list)
    rows = StatementLine.objects.filter(statement__in=keys).order_by("statement_id", "seq")
    for row in rows:
        found[row.statement_id].append(
            price.Line(
                row.agreement_id,
                row.tariff_version_id,
                row.charge,
                row.kind,
                row.starts_at,
                row.ends_at,
                trace.canonical(row.params),
                row.quantity,
                row.quantity_scale,
                row.unit,
                row.unit_price,
                row.amount_minor,
                row.tax_class,
            )
        )
    return found


def _stored_rows(keys: Sequence[int]) -> dict[int, set[carry.Row]]:
    """Return what statements left behind for later ones."""
    found: dict[int, set[carry.Row]] = defaultdict(set)
    rows = Carried.objects.filter(statement__in=keys)
    for statement, *row in rows.values_list("statement_id", *carry.Row._fields):
        found[statement].add(carry.Row(*row))
    return found


def recompute(traces: Mapping[int, dict[str, Any]]) -> dict[int, price.Bill]:
    """Return the bills that these traces give, rated anew from the readings as they were billed.

    :raises Problem: if the values read again are not those that were billed
    """
    versions = {
        (time["version"], time["digest"])
        for content in traces.values()
        for agreement in content["shared"]["agreements"]
        for time in agreement["priced"]
    }
    tariffs = tariffs_by_version(versions)
    bills = {pk: _input(content, tariffs) for pk, content in traces.items()}
    found = _read_again(zip(bills.values(), traces.values(), strict=True))
    groups: dict[tuple[object, ...], list[tuple[int, BillInput]]] = defaultdict(list)
    for pk, bill in bills.items():
        groups[bill.shape(), _terms(bill)].append((pk, bill))
    computed: dict[int, price.Bill] = {}
    for group in groups.values():
        rated = price.price_alike([bill for _, bill in group], found)
        computed.update({pk: bill for (pk, _), bill in zip(group, rated, strict=True)})
    return computed


def _terms(bill: BillInput) -> tuple[object, ...]:
    """Return taxes and given numbers: one run has one book of them, other runs have others."""
    return tuple((t.taxes, t.given) for agreement in bill.agreements for t in agreement.priced)


def measured(content: Mapping[str, Any]) -> dict[int, int]:
    """Return the base units behind a trace, by agreement; what is fed back does not count.

    :raises Problem: if the values read again are not those that were billed
    """
    bill = _input(content, None)
    found = _read_again([(bill, content)])
    return {
        agreement.agreement_id: sum(
            int(found[use].values.sum()) for use in agreement.channels if use.source == "import"
        )
        for agreement in bill.agreements
    }


def _period(texts: Sequence[str]) -> Period:
    return Period(datetime.fromisoformat(texts[0]), datetime.fromisoformat(texts[1]))


def _input(content: Mapping[str, Any], tariffs: Mapping[int, engine.Tariff] | None) -> BillInput:
    shared = content["shared"]
    return BillInput(
        account_id=content["account"],
        currency=shared["currency"],
        language="en",
        zone_name=shared["zone"],
        cycle=_period(shared["cycle"]),
        agreements=tuple(
            _agreement(common, own, tariffs)
            for common, own in zip(shared["agreements"], content["own"], strict=True)
        ),
    )


def _agreement(
    common: Mapping[str, Any],
    own: Mapping[str, Any],
    tariffs: Mapping[int, engine.Tariff] | None,
) -> AgreementInput:
    return AgreementInput(
        agreement_id=own["id"],
        commodity=common["commodity"],
        period=_period(common["period"]),
        is_final=common["final"],
        priced=tuple(
            PricedTime(
                time["version"],
                (tariffs or {})[time["version"]],
                _period(time["period"]),
                tuple(trace.tax_of(tax) for tax in time["taxes"]),
                tuple(time.get("given", {}).items()),
            )
            for time in (common["priced"] if tariffs else ())
        ),
        channels=tuple(
            ChannelUse(read["id"], use["source"], use["interval_s"], _period(use["period"]))
            for use, read in zip(common["channels"], own["channels"], strict=True)
        ),
        extra=trace.extra_of(common, own),
    )


def _read_again(
    bills: Iterable[tuple[BillInput, Mapping[str, Any]]],
) -> dict[ChannelUse, usage.Read]:
    asked: dict[ChannelUse, Mapping[str, Any]] = {}
    for bill, content in bills:
        for agreement, own in zip(bill.agreements, content["own"], strict=True):
            asked.update(zip(agreement.channels, own["channels"], strict=True))
    found: dict[ChannelUse, usage.Read] = {}
    for (period, interval_s), group in usage.by_matrix(asked).items():
        if interval_s == 0:
            found.update(usage.fetch_now(group))
            continue
        revs = [base64.b64decode(asked[use]["revs"]) for use in group]
        keys = [use.channel_id for use in group]
        values, status = fetch_matrix_as_billed(keys, period, interval_s, revs)
        found.update(usage.reads(group, values, status, revs))
    for use, read in asked.items():
        if found[use].digest() != read["sha256"]:
            raise Problem("inputs_changed", f"channel {use.channel_id} in {use.period}")
    return found
