"""Brings a previewed file in: as drafts, all in one transaction or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import audit
from tariffs import engine, operations
from tariffs.exchange.entries import Kind
from tariffs.exchange.preview import Outcome, Previewed
from tariffs.models import PlanVersion, Tariff, TariffVersion


class HasErrors(Exception):
    """Some entries cannot be brought in; `bad` are they, and nothing was written."""

    def __init__(self, bad: Sequence[Previewed]) -> None:
        super().__init__(f"{len(bad)} entries have errors")
        self.bad = bad


class NothingToBringIn(Exception):
    """No entry of the file would make a draft."""


class ReasonMissing(Exception):
    """Prices start in the past, and nobody said why."""


@dataclass(frozen=True)
class Brought:
    """An entry and what came of it; unchanged and bad ones made no version."""

    previewed: Previewed
    version: TariffVersion | PlanVersion | None = None


@dataclass(frozen=True)
class Result:
    """What came of every entry, in the order of the file."""

    brought: list[Brought]

    @property
    def bad(self) -> list[Previewed]:
        """Those that were left out."""
        return [each.previewed for each in self.brought if not each.previewed.is_good]

    def count(self, outcome: Outcome) -> int:
        """Return how many entries came to this."""
        return sum(each.previewed.outcome is outcome for each in self.brought)


@transaction.atomic
def bring_in(
    previewed: Sequence[Previewed],
    *,
    author: User | None,
    without_bad: bool = False,
    back_dated_reason: str = "",
) -> Result:
    """Make a draft of every good entry that is not there yet.

    :param without_bad: leave out the entries with errors; else one of them stops all
    :raises HasErrors: if an entry is bad, also one that somebody else has made so since
    :raises ReasonMissing: if an entry starts in the past and no reason is given
    :raises NothingToBringIn: if no draft would be made
    """
    reason = back_dated_reason.strip()
    _refuse(previewed, without_bad, reason)
    _lock(previewed)
    done: dict[int, Brought] = {}
    for kind in (Kind.TARIFF, Kind.PLAN):  # plans name tariffs of the same file
        for place, each in enumerate(previewed):
            if each.entry.kind is kind:
                done[place] = _brought(each, author, reason)
    result = Result([done[place] for place in range(len(previewed))])
    if result.bad and not without_bad:
        raise HasErrors(result.bad)
    return result


def _refuse(previewed: Sequence[Previewed], without_bad: bool, reason: str) -> None:
    bad = [each for each in previewed if not each.is_good]
    if bad and not without_bad:
        raise HasErrors(bad)
    if not any(each.is_to_write for each in previewed):
        raise NothingToBringIn
    if not reason and any(each.is_back_dated for each in previewed if each.is_to_write):
        raise ReasonMissing


def _lock(previewed: Sequence[Previewed]) -> None:
    """Lock the tariffs of the file in one order, so that two imports do not wait for each other."""
    codes = [each.entry.code for each in previewed if each.is_to_write]
    list(Tariff.objects.select_for_update().filter(code__in=codes).order_by("code"))


def _brought(each: Previewed, author: User | None, reason: str) -> Brought:
    """Make the draft of one entry; what became wrong since the preview makes it bad."""
    if not each.is_to_write:
        return Brought(each)
    try:
        version = _draft(each, author)
    except engine.TariffError as error:
        return Brought(_bad(each, error.path, error.message))
    except operations.NotImportable as error:
        return Brought(_bad(each, "", str(error)))
    except IntegrityError:  # two imports at once, of the same new code or name
        words = _("Somebody else has just brought in this code or name.")
        return Brought(_bad(each, "", words))
    if each.is_back_dated:
        detail = {"reason": reason, "starts_on": str(each.starts_on)}
        audit(f"{each.entry.kind}.back_dated", version, actor=author, detail=detail)
    return Brought(replace(each, number=version.number), version)


def _draft(each: Previewed, author: User | None) -> TariffVersion | PlanVersion:
    if each.entry.kind is Kind.PLAN:
        return operations.import_plan(each.entry.definition, author=author)
    return operations.import_tariff(each.entry.definition, author=author)


def _bad(each: Previewed, path: str, words: str) -> Previewed:
    fault = each.entry.fault(path, words)
    return replace(each, outcome=Outcome.ERROR, faults=(fault,))
