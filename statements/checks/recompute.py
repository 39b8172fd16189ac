"""D05-D07: issued documents are what they were frozen as, and can be computed again."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db.models import QuerySet, Sum

from core.integrity import MOST, Finding, Scope
from statements.models import Statement, StatementDocument, StatementLine, Trace
from statements.operations.issue import content_digest
from statements.problems import Problem
from statements.rating import trace
from statements.rating.versions import tariffs_by_version
from statements.readings import MAIN_SOURCE
from statements.verify import measured, verify
from tariffs.engine.shape import EnergyCharge
from tariffs.models import TariffVersion


def _issued(scope: Scope) -> QuerySet[Statement]:
    statements = Statement.objects.visible().order_by("pk")
    if scope.account_id is not None:
        statements = statements.filter(account=scope.account_id)
    if scope.since is not None:
        statements = statements.filter(recorded_at__gte=scope.since)
    return statements


def are_unchanged(scope: Scope) -> list[Finding]:
    """D05: the digest at issue is the digest of what is stored; so is each PDF's."""
    found = [
        Finding(f"statement {statement.pk}", content_digest(statement), statement.content_digest)
        for statement in _issued(scope).iterator()
        if content_digest(statement) != statement.content_digest
    ]
    documents = StatementDocument.objects.filter(statement__in=_issued(scope))
    for document in documents.iterator():
        digest = _digest_of(document.path)
        if digest != document.sha256:
            found.append(Finding(f"document {document.path}", digest, document.sha256))
    return found[:MOST]


def _digest_of(path: str) -> str:
    try:
        with default_storage.open(path) as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return "no file"


def give_the_same(scope: Scope) -> list[Finding]:
    """D06: rating the frozen inputs again gives the stored lines."""
    return [
        Finding(f"statement {d.statement_id} {d.what}", d.computed, d.stored)
        for _, d in zip(range(MOST), verify(_issued(scope)), strict=False)
    ]


def bill_what_was_measured(scope: Scope) -> list[Finding]:
    """D07: what an agreement's lines bill is the sum of the intervals behind them."""
    return list(_unlike(scope))[:MOST]


def _unlike(scope: Scope) -> Iterator[Finding]:
    keys = list(_issued(scope).values_list("pk", flat=True))
    for start in range(0, len(keys), 500):
        batch = keys[start : start + 500]
        billed = _billed(batch)
        for pk, data in Trace.objects.filter(pk__in=batch).values_list("pk", "data"):
            try:
                units = measured(json.loads(trace.unpack(data)))
            except (Problem, ValueError, KeyError) as error:
                yield Finding(f"statement {pk}", str(error), "readable inputs")
                continue
            for agreement, most in billed.get(pk, {}).items():
                if most != units.get(agreement):
                    subject = f"statement {pk} agreement {agreement}"
                    yield Finding(subject, str(most), str(units.get(agreement)))


def _billed(keys: list[int]) -> dict[int, dict[int, int]]:
    """Return, by statement and agreement, the most of what was measured that one charge bills.

    Of a quantity that is worked on before it is priced, the line counts that tells the reading.
    """
    columns = ("statement_id", "agreement_id", "charge", "tariff_version_id", "kind")
    told = StatementLine.objects.filter(statement__in=keys, kind__in=("energy", "info"))
    summed = told.values_list(*columns, "params__step").annotate(units=Sum("quantity"))
    rows = list(summed.order_by())
    direct = _direct({row[3] for row in rows if row[3]})
    sums: dict[tuple[int, int, str], int] = defaultdict(int)
    for statement, agreement, charge, version, kind, step, units in rows:
        if direct.get((version, charge)) == kind and step != "less":
            sums[statement, agreement, charge] += units
    billed: dict[int, dict[int, int]] = defaultdict(dict)
    for (statement, agreement, _), units in sums.items():
        own = billed[statement]
        own[agreement] = max(own.get(agreement, 0), units)
    return billed


def _direct(versions: set[int]) -> dict[tuple[int, str], str]:
    """Return the charges that price all that is delivered, and by which kind of line they tell it.

    Charges that hold only for some, or leave some hours free, do not bill all of it.
    """
    keys = TariffVersion.objects.filter(pk__in=versions).values_list("pk", "digest")
    return {
        (version, charge.code): "info" if charge.steps else "energy"
        for version, tariff in tariffs_by_version(keys).items()
        for charge in tariff.charges
        if isinstance(charge, EnergyCharge)
        and charge.source == MAIN_SOURCE
        and not (charge.when or charge.free_elsewhere or charge.credit)
    }
