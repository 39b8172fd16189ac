"""U01 for any table: rows that somebody's privileged act left behind, without its audit event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from core.integrity import Finding, Scope, findings


@dataclass(frozen=True, slots=True)
class Deed:
    """Rows `t` of a table that exist, or look so, only by an act which is written down.

    :param where: which of the rows; `key` and `object_type` are those of the audit event
    :param actions: one of them must be written
    :param account: the SQL of the account of a row; without it, a row is of no account
    :param moment: the column of `t` that tells when it was recorded, in real time
    """

    table: str
    object_type: str
    actions: tuple[str, ...]
    where: str = "1 = 1"
    key: str = "t.id"
    account: str = ""
    moment: str = ""


def without_event(deeds: Iterable[Deed], scope: Scope) -> list[Finding]:
    """Return the rows whose act is not in the audit trail."""
    return [finding for deed in deeds for finding in _of(deed, scope)]


def _of(deed: Deed, scope: Scope) -> list[Finding]:
    conditions, parameters = _within(deed, scope)
    actions = ", ".join(["%s"] * len(deed.actions))
    expected = " or ".join(deed.actions)
    return findings(
        f"""
        SELECT '{deed.object_type} ' || {deed.key}, 'no event', %s
        FROM {deed.table} t
        WHERE ({deed.where}) AND {conditions}
          AND NOT EXISTS (
            SELECT 1 FROM accounts_auditevent e
            WHERE e.object_type = '{deed.object_type}'
              AND e.object_key = CAST({deed.key} AS text) AND e.action IN ({actions}))
        """,
        [expected, *parameters, *deed.actions],
    )


def _within(deed: Deed, scope: Scope) -> tuple[str, list[object]]:
    conditions: list[str] = ["1 = 1"]
    parameters: list[object] = []
    if scope.account_id is not None:
        conditions.append(f"{deed.account} = %s" if deed.account else "1 = 0")
        parameters += [scope.account_id] if deed.account else []
    if scope.since is not None and deed.moment:
        conditions.append(f"t.{deed.moment} >= %s")
        parameters.append(connection.ops.adapt_datetimefield_value(scope.since))
    return " AND ".join(conditions), parameters
