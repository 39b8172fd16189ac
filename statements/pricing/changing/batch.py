"""The same change for many tariffs: what it would make of each, then a draft of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from core.tables.bulk import Outcome
from statements.pricing.changing.deed import REFUSALS
from statements.pricing.detail import words
from tariffs import operations
from tariffs.authoring import Difference, differences
from tariffs.authoring.batch import Change, NotChangeable, changed
from tariffs.differing import changes, summary
from tariffs.models import Tariff, TariffVersion, VersionState


@dataclass(frozen=True)
class Proposal:
    """What the change makes of one tariff, or `why_not` it makes nothing.

    `seen` names the version that it begins with; `summary` is proposed as what changed.
    """

    tariff: Tariff
    why_not: str = ""
    rows: Sequence[words.Row] = ()
    summary: str = ""
    seen: str = ""
    is_draft: bool = False  # it is changed itself; of others a next version is made
    drops_examples: bool = False  # they are of the old prices


def proposals(tariffs: Iterable[Tariff], change: Change) -> list[Proposal]:
    """Return what the change makes of each tariff, in their order; nothing is stored."""
    return [_proposal(tariff, change) for tariff in tariffs]


def drafted(
    tariffs: Iterable[Tariff],
    change: Change,
    *,
    seen: Mapping[int, str],
    summaries: Mapping[int, str],
    author: User,
) -> list[Outcome]:
    """Store a draft of each tariff and return what became of it; a refused one stays as it was.

    :param seen: by key, the version that the author saw
    :param summaries: by key, what changed, in the author's words
    """
    found = []
    for tariff in tariffs:
        said = (seen.get(tariff.pk, ""), summaries.get(tariff.pk, ""))
        found.append(_drafted(tariff, change, *said, author))
    return found


def _proposal(tariff: Tariff, change: Change) -> Proposal:
    try:
        base, newest = _base(tariff)
        old = _held(base)
        new = _changed(base, old, change)
    except operations.NotPossible as error:
        return Proposal(tariff, str(error))
    found = differences(old, new)
    rows = [each for each in found if each.path[0] != "examples"]
    return Proposal(
        tariff,
        rows=words.rows(rows),
        summary=_summary(found),
        seen=_mark(base, newest),
        is_draft=base.state == VersionState.DRAFT,
        drops_examples=len(rows) < len(found),
    )


def _summary(found: Sequence[Difference]) -> str:
    """Propose what changed: a version without it is never published."""
    return summary(
        changes([each for each in found if each.path[0] != "examples" and each.path != ("from",)])
    )


def _drafted(tariff: Tariff, change: Change, seen: str, summary: str, author: User) -> Outcome:
    try:
        with transaction.atomic():
            told = _store(tariff, change, seen, summary, author)
    except REFUSALS as error:
        return Outcome(tariff.pk, str(tariff), is_done=False, words=str(error))
    return Outcome(tariff.pk, str(tariff), is_done=True, words=told)


def _store(tariff: Tariff, change: Change, seen: str, summary: str, author: User) -> str:
    base, newest = _base(tariff)
    if seen != _mark(base, newest):
        raise operations.VersionConflict(base)
    old = _held(base)
    new = _changed(base, old, change)
    new = {**new, "change_summary": summary or _summary(differences(old, new))}
    if base.state == VersionState.DRAFT:
        operations.edit_tariff(base, new, seen=base.digest, author=author)
        return _("The draft %s is changed.") % base
    draft = operations.add_tariff_version(new, seen=newest, author=author)
    return _("%s is a draft now.") % draft


def _base(tariff: Tariff) -> tuple[TariffVersion, int]:
    """Return the version that is changed, and the number of the newest one.

    :raises NotPossible: if there is none, or it waits for a review
    """
    versions = list(tariff.versions.select_related("tariff").order_by("-number"))
    base = next((each for each in versions if each.state != VersionState.WITHDRAWN), None)
    if base is None:
        raise operations.NotPossible(_("It has no version that could be changed."))
    if base.state == VersionState.IN_REVIEW:
        raise operations.NotPossible(_("%s waits for its review: send it back first.") % base)
    return base, versions[0].number


def _held(base: TariffVersion) -> dict[str, Any]:
    """Return what the version says, with the end that it has by now."""
    ends_on = base.ends_on and base.ends_on.isoformat()
    return {**base.definition, "to": ends_on}


def _changed(base: TariffVersion, old: Mapping[str, Any], change: Change) -> dict[str, Any]:
    if base.state == VersionState.DRAFT:
        change = replace(change, first_day=None)  # it keeps its own
    elif change.first_day is not None and change.first_day <= base.starts_on:
        told = {"version": base, "day": formats.day(base.starts_on)}
        raise operations.NotPossible(
            _("%(version)s holds from %(day)s only: choose a later day.") % told
        )
    try:
        return changed(old, change)
    except NotChangeable as error:
        raise operations.NotPossible(_why(error)) from error


def _mark(base: TariffVersion, newest: int) -> str:
    return f"{newest}:{base.number}:{base.ends_on or ''}:{base.digest}"


def _why(error: NotChangeable) -> str:
    told = {
        "no_price": _("It has no price of the kinds that you chose."),
        "negative": _("%(charge)s: %(old)s would become %(new)s, which is below zero."),
        "too_fine": _(
            "%(charge)s: %(old)s would become %(new)s, which has more than 6 decimals: round it."
        ),
        "not_after": _("It would end on %(day)s, before it begins: give it another last day."),
        "nothing": _("It says so already: nothing would change."),
    }
    said = dict(error.told)
    if "day" in said:
        said["day"] = formats.day(date.fromisoformat(said["day"]))
    return told[error.code] % said
