"""D01-D04, D09: statements against their lines, entries, coverage, numbers and prices."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from core.integrity import Finding, Scope, findings, query
from core.periods import Period, last_day, local_date
from statements.models import Cancellation, NumberSeries, Statement, StatementLine
from tariffs import engine
from tariffs.engine.shape import OnChange
from tariffs.models import IN_FORCE, TariffVersion

NUMBERED = "('issued', 'cancelled', 'superseded')"


def within(scope: Scope) -> tuple[str, list[object]]:
    """Return the condition on a statement `s` that the scope sets, and its parameters."""
    conditions = ["1 = 1"]
    parameters: list[object] = []
    if scope.account_id is not None:
        conditions.append("s.account_id = %s")
        parameters.append(scope.account_id)
    if scope.since is not None:
        conditions.append("s.recorded_at >= %s")
        parameters.append(scope.since.isoformat(" "))
    return " AND ".join(conditions), parameters


def add_up(scope: Scope) -> list[Finding]:
    """D01: the lines sum to the total, and the entry's receivable side is the total."""
    condition, parameters = within(scope)
    lines = findings(
        f"""
        SELECT 'statement ' || s.id, COALESCE(sum(l.amount_minor), 0), s.total_minor
        FROM statements_statement s
        LEFT JOIN statements_statementline l ON l.statement_id = s.id
        WHERE s.state <> 'discarded' AND {condition}
        GROUP BY s.id, s.total_minor HAVING COALESCE(sum(l.amount_minor), 0) <> s.total_minor
        """,
        parameters,
    )
    books = findings(
        f"""
        SELECT 'statement ' || s.id, COALESCE(sum(p.amount), 0), s.total_minor
        FROM statements_statement s
        LEFT JOIN ledger_entry e ON e.source_key = 'stmt:' || s.id || ':issue'
        LEFT JOIN ledger_account a ON a.kind = 'receivable' AND a.account_id = s.account_id
            AND a.currency = s.currency
        LEFT JOIN ledger_posting p ON p.entry_id = e.id AND p.account_id = a.id
        WHERE s.state IN {NUMBERED} AND {condition}
        GROUP BY s.id, s.total_minor HAVING COALESCE(sum(p.amount), 0) <> s.total_minor
        """,
        parameters,
    )
    return lines + books


def are_posted(scope: Scope) -> list[Finding]:
    """D02: issued has an entry, cancelled its mirror too, a draft has none; none is orphaned."""
    condition, parameters = within(scope)
    moves_money = (
        "EXISTS (SELECT 1 FROM statements_statementline l WHERE l.statement_id = s.id "
        "AND l.amount_minor <> 0)"
    )
    issue = "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.source_key = 'stmt:' || s.id || ':issue')"
    cancel = issue.replace(":issue'", ":cancel'")
    wrong = findings(
        f"""
        SELECT 'statement ' || s.id || ' ' || s.state,
            CASE WHEN {issue} THEN 'issued' ELSE '' END ||
            CASE WHEN {cancel} THEN ' cancelled' ELSE '' END,
            'entries of its state'
        FROM statements_statement s WHERE {condition} AND (
            (s.state IN {NUMBERED} AND {moves_money} AND NOT {issue})
            OR (s.state = 'cancelled' AND {moves_money} AND NOT {cancel})
            OR (s.state = 'issued' AND {cancel})
            OR (s.state NOT IN {NUMBERED} AND ({issue} OR {cancel})))
        """,
        parameters,
    )
    return wrong + (_orphans() if scope.is_whole else [])


def _orphans() -> list[Finding]:
    return findings(
        """
        SELECT e.source_key, 'no such statement', 'a statement' FROM ledger_entry e
        WHERE e.source_key LIKE 'stmt:%%' AND NOT EXISTS (
            SELECT 1 FROM statements_statement s
            WHERE e.source_key IN ('stmt:' || s.id || ':issue', 'stmt:' || s.id || ':cancel'))
        """
    )


def cover_time_once(scope: Scope) -> list[Finding]:
    """D03: live coverage never overlaps, belongs to a live statement, and leaves no gap."""
    condition, parameters = within(scope)
    overlaps = findings(
        f"""
        SELECT 'agreement ' || a.agreement_id, 'statements ' || a.statement_id || ' and '
            || b.statement_id, 'one live statement'
        FROM statements_statementcoverage a
        JOIN statements_statementcoverage b ON b.agreement_id = a.agreement_id AND b.id > a.id
            AND b.live AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at
        JOIN statements_statement s ON s.id = a.statement_id
        WHERE a.live AND {condition}
        """,
        parameters,
    )
    liveness = findings(
        f"""
        SELECT 'statement ' || s.id || ' ' || s.state, CASE WHEN c.live THEN 'live' ELSE 'not live'
            END, 'coverage of its state'
        FROM statements_statementcoverage c JOIN statements_statement s ON s.id = c.statement_id
        WHERE {condition} AND
            c.live <> (s.state IN ('calculated', 'held', 'approved', 'issued'))
        """,
        parameters,
    )
    return overlaps + liveness + _gaps(scope)


def _gaps(scope: Scope) -> list[Finding]:
    condition, parameters = within(scope)
    return findings(
        f"""
        SELECT 'agreement ' || agreement_id, 'unbilled from ' || ended, 'billed up to ' || starts_at
        FROM (
            SELECT c.agreement_id, c.starts_at, LAG(c.ends_at) OVER (
                PARTITION BY c.agreement_id ORDER BY c.starts_at) AS ended
            FROM statements_statementcoverage c JOIN statements_statement s ON s.id = c.statement_id
            WHERE c.live AND {condition}
        ) chain WHERE ended < starts_at
        """,
        parameters,
        warn=True,
    )


def are_numbered(scope: Scope) -> list[Finding]:
    """D04: each series runs 1..n as its counter says; only issued statements have a number."""
    if not scope.is_whole:
        return []
    used: dict[str, list[int]] = defaultdict(list)
    found: list[Finding] = []
    for model in (Statement, Cancellation):
        numbers = model._default_manager.exclude(number=None).values_list("number", flat=True)
        for number in numbers.iterator():
            match = re.fullmatch(r"([A-Z]+-\d{4})-(\d{6,})", str(number))
            if match:
                used[match[1]].append(int(match[2]))
            else:
                found.append(Finding(f"number {number}", "malformed", "series and number"))
    counters = dict(NumberSeries.objects.values_list("code", "last"))
    for code in sorted({*used, *counters}):
        found += _series(code, used[code], counters.get(code, 0))
    return found + _order()


def _series(code: str, used: list[int], last: int) -> list[Finding]:
    missing = sorted(set(range(1, last + 1)) - set(used))
    found = [Finding(f"{code}-{n:06d}", "no document", "a document") for n in missing]
    beyond = sorted(n for n in used if not 1 <= n <= last)
    found += [Finding(f"{code}-{n:06d}", "used", f"at most {last}") for n in beyond]
    if len(set(used)) != len(used):
        found.append(Finding(code, "a number twice", "each number once"))
    return found


def _order() -> list[Finding]:
    return [
        Finding(f"statement {number}", f"issued {issued}", f"not before {before}")
        for number, issued, before in query(
            f"""
            SELECT number, issued_at, before FROM (
                SELECT number, issued_at, run_id,
                    MAX(issued_at) OVER (PARTITION BY run_id ORDER BY number) AS before
                FROM statements_statement WHERE state IN {NUMBERED}
            ) ordered WHERE before > issued_at
            """
        )
    ]


def used_published_prices(scope: Scope) -> list[Finding]:
    """D09: each version was in force on all days that it priced, and has the digest it had."""
    lines = StatementLine.objects.filter(statement__state__in=Statement.NUMBERED)
    if scope.account_id is not None:
        lines = lines.filter(statement__account=scope.account_id)
    if scope.since is not None:
        lines = lines.filter(statement__recorded_at__gte=scope.since)
    used = lines.exclude(tariff_version=None).values_list("tariff_version", "statement__zone_name")
    spans = list(used.annotate(Min("starts_at"), Max("ends_at")).order_by("tariff_version"))
    versions = TariffVersion.objects.in_bulk([version for version, *_ in spans])
    found = [
        finding
        for version, zone, starts_at, ends_at in spans
        for finding in _not_in_force(versions[version], ZoneInfo(zone), Period(starts_at, ends_at))
    ]
    for version in versions.values():
        digest = engine.digest(version.definition)
        if digest != version.digest:
            found.append(Finding(f"tariff version {version.pk}", digest, version.digest))
    return found


def _not_in_force(version: TariffVersion, zone: ZoneInfo, used: Period) -> Iterator[Finding]:
    subject = f"tariff version {version.pk} ({version})"
    if version.state not in IN_FORCE:
        yield Finding(subject, version.state, "published")
    first, last = local_date(used.starts_at, zone), last_day(used, zone)
    by_last_day = version.definition.get("on_change") == OnChange.LAST_DAY
    if first < version.starts_on and not (by_last_day and last >= version.starts_on):
        yield Finding(subject, f"priced {first}", f"from {version.starts_on}")
    if version.ends_on and last >= version.ends_on:
        yield Finding(subject, f"priced {last}", f"before {version.ends_on}")
