"""Keeps a file between its preview and the deed, and checks it anew when it is brought in."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.operations import audit
from tariffs.exchange.bring_in import Brought, bring_in
from tariffs.exchange.limits import refuse_many_drafts
from tariffs.exchange.preview import Outcome, Previewed, preview
from tariffs.exchange.reading import read
from tariffs.exchange.rejects import reject_file
from tariffs.models import ImportFile

KEPT = timedelta(days=1)
NO_LETTER = re.compile("[\x00\ud800-\udfff]")
LONGEST_NAME = 120
Shown = dict[str, Any]


class Changed(Exception):
    """The price book has changed since the preview: it is to be looked at again."""


class Done(Exception):
    """The file has been brought in already."""


@transaction.atomic
def keep(
    content: bytes,
    name: str,
    *,
    owner: User,
    today: date,
    real_now: datetime,
    may_back_date: bool = False,
) -> ImportFile:
    """Read a file, judge its entries, and keep it for a day.

    :raises FileRefused: if the file as a whole cannot be read, or would make too many drafts
    """
    previewed = preview(read(content, name), today=today, may_back_date=may_back_date)
    refuse_many_drafts(sum(each.is_to_write for each in previewed))
    kept = ImportFile.objects.create(
        owner=owner,
        name=name[-LONGEST_NAME:],
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        preview=[_shown(each) for each in previewed],
        uploaded_at=real_now,
    )
    detail = {"name": kept.name, "digest": kept.digest, **counts(kept.preview)}
    audit("price_file.checked", kept, actor=owner, detail=detail)
    return kept


def rejects(file: ImportFile, *, today: date, may_back_date: bool) -> bytes:
    """Return the bad rows of a file as CSV, to be mended."""
    if file.done_at:
        return bytes(file.rejects)
    found = _judged(file, today, may_back_date)
    return reject_file([each for each in found if not each.is_good])


@transaction.atomic
def bring_in_kept(
    file: ImportFile,
    *,
    today: date,
    real_now: datetime,
    may_back_date: bool = False,
    without_bad: bool = False,
    back_dated_reason: str = "",
) -> ImportFile:
    """Bring a kept file in, once, if every entry still is what its preview said.

    :raises Done: if it was brought in before
    :raises HasErrors, ReasonMissing, NothingToBringIn: of `bring_in`; nothing is written then
    """
    file = ImportFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.done_at:
        raise Done
    previewed = _judged(file, today, may_back_date)
    _refuse_changed(file, previewed)
    result = bring_in(
        previewed,
        author=file.owner,
        without_bad=without_bad,
        back_dated_reason=back_dated_reason,
    )
    file.preview = [_brought(each) for each in result.brought]
    file.rejects = reject_file(result.bad) if result.bad else b""
    file.done_at = real_now
    file.save(update_fields=["preview", "rejects", "done_at"])
    detail = {"name": file.name, "digest": file.digest, **counts(file.preview)}
    audit("price_file.brought_in", file, actor=file.owner, detail=detail)
    return file


@transaction.atomic
def judge_again(file: ImportFile, *, today: date, may_back_date: bool) -> None:
    """Write the preview of a file anew, after the price book has changed."""
    file.preview = [_shown(each) for each in _judged(file, today, may_back_date)]
    file.save(update_fields=["preview"])


def forget_old(real_now: datetime) -> int:
    """Delete the files that are older than a day and return how many."""
    return ImportFile.objects.filter(uploaded_at__lt=real_now - KEPT).delete()[0]


def counts(shown: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many entries have each outcome."""
    found = Counter(each["outcome"] for each in shown)
    return {outcome.value: found[outcome.value] for outcome in Outcome}


def _judged(file: ImportFile, today: date, may_back_date: bool) -> list[Previewed]:
    entries = read(bytes(file.content), file.name)
    return preview(entries, today=today, may_back_date=may_back_date)


def _refuse_changed(file: ImportFile, previewed: Sequence[Previewed]) -> None:
    """:raises Changed: if an entry would come to something else than the person has seen"""
    seen = [(each["outcome"], each["number"]) for each in file.preview]
    if seen != [(each.outcome.value, each.number) for each in previewed]:
        raise Changed


def _brought(each: Brought) -> Shown:
    return {**_shown(each.previewed), "is_written": each.version is not None}


def _shown(each: Previewed) -> Shown:
    """Return an entry as plain data: what a page shows of it."""
    entry = each.entry
    shown = {
        "kind": entry.kind.value,
        "code": entry.code[:60],
        "name": entry.name[:120],
        "outcome": each.outcome.value,
        "number": each.number,
        "starts_on": each.starts_on.isoformat() if each.starts_on else "",
        "is_back_dated": each.is_back_dated,
        "rows": [entry.rows[0], entry.rows[-1]],
        "faults": [[fault.row, fault.field, fault.words] for fault in each.faults],
        "warnings": list(each.warnings),
        "notes": list(entry.notes),
    }
    return {name: _storable(value) for name, value in shown.items()}


def _storable(value: Any) -> Any:
    """Return what a file says without letters that no database takes, at any depth."""
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return NO_LETTER.sub("\ufffd", value) if isinstance(value, str) else value
