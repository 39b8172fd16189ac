"""The result of the nightly check of the books, kept so that a page can show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.models import Job
from reports.integrity import Result

KIND, KEY = "books.check", "books.check:last"


@dataclass(frozen=True)
class Books:
    """How the books were found: when, how many checks, and what was violated, by code."""

    at: datetime
    checks: int
    violated: Mapping[str, int]


def keep(results: Sequence[Result], *, real_now: datetime) -> None:
    """Keep what was found, in the place of what was found before."""
    violated = {result.code: result.violations for result in results if result.violations}
    Job.objects.update_or_create(
        key=KEY,
        defaults={
            "kind": KIND,
            "state": Job.State.DONE,
            "due_at": real_now,
            "finished_at": real_now,
            "result": {"checks": len(results), "violated": violated},
        },
    )


def last() -> Books | None:
    """Return what was found last, or None before the first check."""
    job = Job.objects.filter(key=KEY).first()
    if job is None or job.finished_at is None:
        return None
    return Books(job.finished_at, job.result["checks"], job.result["violated"])
