"""Sum up a shadow run whose accounts are all compared, and seal what came out."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

from statements.models import ShadowAccount, ShadowRun

SEALED = (
    *("account_id", "category", "months", "months_missing"),
    *("use", "before_minor", "after_minor", "problem"),
)


def finish(run: ShadowRun, *, at: datetime) -> None:
    """Write the totals and the digest; the caller holds the run's row."""
    rows = list(
        ShadowAccount.objects.filter(run=run)
        .order_by("account_id")
        .values_list("account__currency", *SEALED)
    )
    run.totals_before, run.totals_after = _totals(rows, 6), _totals(rows, 7)
    run.months_priced = sum(row[3] for row in rows)
    run.months_missing = sum(row[4] for row in rows)
    run.problems = _problems(run)
    run.result_digest = _digest(run, [row[1:] for row in rows])
    run.state, run.finished_at = ShadowRun.State.DONE, at
    run.save()


def _totals(rows: list[tuple[Any, ...]], place: int) -> dict[str, int]:
    """Return a sum by currency, of accounts with a month that was priced."""
    found: Counter[str] = Counter()
    for row in rows:
        if row[3]:
            found[row[0]] += row[place]
    return dict(sorted(found.items()))


def _problems(run: ShadowRun) -> dict[str, int]:
    found: Counter[str] = Counter()
    for problems in run.chunks.values_list("problems", flat=True):
        found.update(problems)
    return dict(sorted(found.items()))


def _digest(run: ShadowRun, rows: list[tuple[Any, ...]]) -> str:
    """Return the SHA-256 of the draft, the months and every account's row."""
    sealed = hashlib.sha256(f"{run.digest}|{run.first_month}|{run.last_month}".encode())
    for row in rows:
        sealed.update(("\n" + "|".join(map(str, row))).encode())
    return sealed.hexdigest()
