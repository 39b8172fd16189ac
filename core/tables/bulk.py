"""Doing one thing with several rows: what was picked, doing it once, and what became of each.

The list asks for a page of confirmation by its address; that page lists what will change and what
will not, and why. Its form carries the keys that were shown and a token: sent twice, it does once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, QueryDict

from core.models import Job
from core.tables import counting
from core.tables.asked import Asked
from core.tables.paging import GREATEST

WHICH, TICKED, ON_PAGE, ALL = "which", "ticked", "page", "all"
ROW, SHOWN = "row", "shown"


class NothingPicked(Exception):
    """No row was ticked, or none of them is there any more."""


class TooManyPicked(Exception):
    """More rows match than may be changed at a time; `most` is how many may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} rows")
        self.most = most


@dataclass(frozen=True)
class Intent:
    """What will become of one row: `why_not` says why nothing, or is empty; `note` says more."""

    key: int
    name: str
    why_not: str = ""
    note: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one row, in words."""

    key: int
    name: str
    is_done: bool
    words: str


class ConfirmForm(forms.Form):
    """The rows that were shown for confirmation, and the token by which it is done once."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    rows = forms.CharField(widget=forms.HiddenInput, max_length=40_000)

    def clean_rows(self) -> list[int]:
        keys = numbers(self.cleaned_data["rows"].split(","))
        if not keys:
            raise forms.ValidationError("no rows")
        return keys


class Plan:
    """A page of confirmation: which rows will change, which will not, and why."""

    def __init__(self, intents: Sequence[Intent]) -> None:
        self.changing = [each for each in intents if not each.why_not]
        self.staying = [each for each in intents if each.why_not]
        keys = ",".join(str(each.key) for each in intents)
        self.form = ConfirmForm(initial={"token": uuid4(), "rows": keys})


def picked(asked: Asked, rows: QuerySet[Any], *, most: int) -> QuerySet[Any]:
    """Return the rows that the form of the list picked, among those that match.

    :param rows: narrowed by `asked`
    :raises NothingPicked: if it is none
    :raises TooManyPicked: if it is more than `most`
    """
    which = asked.said.get(WHICH, TICKED)
    if which != ALL:
        rows = rows.filter(pk__one_of=_named(asked.said, which))
    found = counting.upto(rows, most)
    if found.is_more:
        raise TooManyPicked(most)
    if not found.count:
        raise NothingPicked
    return rows


def once(
    kind: str,
    *,
    token: UUID,
    by: int,
    keys: Sequence[int],
    work: Callable[[Sequence[int]], Sequence[Outcome]],
    real_now: datetime,
) -> None:
    """Do the work with these rows and keep what became of each; sent again, change nothing.

    All of it is one transaction: if the work raises, nothing was done and nothing is kept.

    :param kind: noun.verb of what is done
    :param by: the key of who does it
    """
    with transaction.atomic():
        started = {"kind": kind, "state": Job.State.RUNNING, "due_at": real_now}
        job, is_new = Job.objects.select_for_update().get_or_create(
            key=_key(kind, by, token), defaults=started
        )
        if not is_new:
            return
        outcomes = work(keys)
        job.result = {"rows": [asdict(outcome) for outcome in outcomes]}
        job.all_steps = job.done_steps = len(outcomes)
        job.state, job.finished_at = Job.State.DONE, real_now
        job.save()


def outcomes(kind: str, *, token: UUID, by: int) -> list[Outcome]:
    """Return what became of the rows when this person sent the form with this token.

    :raises Http404: if they did not
    """
    job = Job.objects.filter(key=_key(kind, by, token)).first()
    if job is None:
        raise Http404
    return [Outcome(**row) for row in job.result["rows"]]


def _key(kind: str, by: int, token: UUID) -> str:
    return f"bulk:{kind}:{by}:{token}"


def _named(said: QueryDict, which: str) -> list[int]:
    names = said.get(SHOWN, "").split(",") if which == ON_PAGE else said.getlist(ROW)
    return numbers(names)


def numbers(names: Sequence[str]) -> list[int]:
    """Return the keys among the words, each once and in their order."""
    keys = [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 20]
    return list(dict.fromkeys(key for key in keys if key <= GREATEST))
