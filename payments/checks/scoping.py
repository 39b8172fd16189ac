"""What the checks of payments share: the scope as conditions, and the parts of a source key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from core.integrity import Scope

Condition = tuple[str, list[object]]  # SQL, and its parameters


def within(scope: Scope, *, account: str = "", moments: Sequence[str] = ()) -> Condition:
    """Return the condition that a row lies within the scope.

    :param account: the column of its account; without it, no row is of any one account
    :param moments: columns that tell when it was written, of which one is enough; without any,
        rows of all times are looked at
    """
    conditions: list[str] = []
    parameters: list[object] = []
    if scope.account_id is not None:
        conditions.append(f"{account} = %s" if account else "1 = 0")
        parameters += [scope.account_id] if account else []
    if scope.since is not None and moments:
        lately = " OR ".join(f"{column} >= %s" for column in moments)
        conditions.append(f"({lately})")
        parameters += [moment(scope.since)] * len(moments)
    return " AND ".join(conditions or ["1 = 1"]), parameters


def moment(value: datetime) -> object:
    """Return a moment as the database compares it."""
    return connection.ops.adapt_datetimefield_value(value)


def part(column: str) -> str:
    """Return the SQL of what stands between the first and the second colon of a source key."""
    if connection.vendor == "postgresql":
        return f"split_part({column}, ':', 2)"
    rest = f"substr({column}, instr({column}, ':') + 1)"
    return f"substr({rest}, 1, instr({rest} || ':', ':') - 1)"


def number(column: str) -> str:
    """Return the SQL of that part as the key of a row; what is no number finds no row."""
    text = part(column)
    if connection.vendor == "postgresql":
        return f"CAST(CASE WHEN {text} ~ '^[0-9]{{1,18}}$' THEN {text} END AS bigint)"
    return f"CAST({text} AS INTEGER)"
