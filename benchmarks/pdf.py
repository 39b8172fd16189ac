"""The PDF of statements against WeasyPrint alone on the same HTML, and the stored copy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from django.test import override_settings

from benchmarks.databases import migrated, require_postgresql
from benchmarks.measure import Cost, Record, costs, median_ratio, middle, record
from benchmarks.steps import calculate_all, issue_all, planned
from benchmarks.world import build
from statements import documents
from statements.models import Statement

SIZES = {"small": 20, "full": 200}
LANGUAGE = "en"


@dataclass
class _Measured:
    """The costs of each repeat, side by side, and what the second requests did."""

    product: list[Cost] = field(default_factory=list)
    floor: list[Cost] = field(default_factory=list)
    again: Cost = field(default_factory=Cost)
    rendered_again: int = 0
    other_bytes: int = 0
    bytes_each: int = 0


def run(scale: str, repeat: int) -> list[Record]:
    """Measure the documents of the scale's number of statements.

    :raises NoPostgreSQL: if another database is configured
    """
    require_postgresql()
    logging.disable(logging.INFO)
    n = SIZES[scale]
    with migrated(), TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        statements = _issued(n)
        measured = _alternately(statements, repeat)
        _ask_twice(statements, measured)
    return _records(measured, n, repeat)


def _issued(n: int) -> list[Statement]:
    billing_run = planned(build(n).month)
    calculate_all(billing_run)
    issue_all(billing_run)
    found = Statement.objects.filter(run=billing_run).select_related("account__customer")
    return list(found.order_by("pk"))


def _alternately(statements: Sequence[Statement], repeat: int) -> _Measured:
    """Render from the database, and the same HTML again by the library alone."""
    measured = _Measured()
    pages = [documents.to_html(statement, LANGUAGE) for statement in statements]
    documents.to_pdf(pages[0])  # fonts and styles are loaded now
    for _ in range(repeat):
        measured.floor.append(_cost(lambda: [documents.to_pdf(page) for page in pages]))
        measured.product.append(
            _cost(lambda: [documents.render(statement, LANGUAGE) for statement in statements])
        )
    return measured


def _ask_twice(statements: Sequence[Statement], measured: _Measured) -> None:
    """Store every document, then ask for it again and count what is rendered."""
    first = [documents.stored_pdf(statement, LANGUAGE) for statement in statements]
    with patch.object(documents, "render", wraps=documents.render) as rendered:
        with costs() as measured.again:
            second = [documents.stored_pdf(statement, LANGUAGE) for statement in statements]
        measured.rendered_again = rendered.call_count
    measured.other_bytes = sum(a != b for a, b in zip(first, second, strict=True))
    measured.bytes_each = sum(map(len, first)) // len(first)


def _cost(work: Callable[[], object]) -> Cost:
    with costs() as cost:
        work()
    return cost


def _records(m: _Measured, n: int, repeat: int) -> list[Record]:
    product, floor = middle(m.product), middle(m.floor)
    ratio = median_ratio([c.cpu_s for c in m.product], [c.cpu_s for c in m.floor])
    common: dict[str, Any] = {"n": n, "repeat": repeat}
    return [
        record(
            "pdf: render, product / library alone",
            unit="ms CPU/statement",
            product=product.cpu_us(n) / 1000,
            floor=floor.cpu_us(n) / 1000,
            ratio=ratio,
            goal="<= 1.2",
            cost=product,
            bytes_each=m.bytes_each,
            **common,
        ),
        record(
            "pdf: stored copy",
            unit="ms/statement",
            product=m.again.wall_s / n * 1000,
            goal="<= 5",
            cost=m.again,
            **common,
        ),
        record(
            "pdf: rendered by the second request",
            product=m.rendered_again,
            goal="== 0",
            is_count=True,
            **common,
        ),
        record(
            "pdf: stored copies with other bytes",
            product=m.other_bytes,
            goal="== 0",
            is_count=True,
            **common,
        ),
    ]
