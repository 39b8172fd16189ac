"""Everything that somebody reads before they put a version into force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Approval
from core.tables import Tag
from statements.models import ShadowRun
from statements.operations.notice_period import replaced
from statements.operations.publish import needs_second_person
from statements.pricing.detail import comparing, rates
from statements.pricing.detail.bundle import bundle
from statements.pricing.detail.checks import WRONG, Check, checks
from statements.pricing.detail.deciding import waiting
from statements.pricing.detail.effect import effect
from statements.pricing.detail.head import state_tag, valid
from statements.pricing.detail.rates import Rate
from statements.pricing.detail.words import Row
from statements.pricing.shadow.results import Results, latest_run, results
from tariffs.models import IN_FORCE, PlanVersion, TariffVersion, VersionState

OPEN = (VersionState.DRAFT, VersionState.IN_REVIEW)


@dataclass(frozen=True)
class Review:
    """One version, read whole."""

    tag: Tag
    valid: str
    is_open: bool  # nobody published it yet
    asked: Approval | None
    needs_second: bool
    checks: Sequence[Check]
    effect: Sequence[str]
    before: Any  # the version that it is compared with, or None
    changes: Sequence[Row]
    whole: Sequence[Row]
    rates: Sequence[Rate]
    run: ShadowRun | None
    results: Results | None

    @property
    def stops(self) -> bool:
        return any(check.kind == WRONG for check in self.checks)


def review(
    version: TariffVersion | PlanVersion, *, zone: ZoneInfo, today: date, now: datetime
) -> Review:
    """Read a version as its page shows it.

    :param today: the day where the utility is
    """
    is_open = version.state in OPEN
    before = _before(version)
    run = latest_run(version)
    return Review(
        tag=state_tag(version),
        valid=valid(version),
        is_open=is_open,
        asked=waiting(version) if is_open else None,
        needs_second=needs_second_person(),
        checks=checks(version, today) if is_open else (),
        effect=effect(version, today, now) if is_open else (),
        before=before,
        changes=comparing.rows(before.definition, version.definition) if before else (),
        whole=comparing.rows(version.definition, version.definition, is_whole=True),
        rates=[rate for tariff in bundle(version) for rate in rates.rates(tariff)],
        run=run,
        results=results(run) if run is not None else None,
    )


def _before(version: TariffVersion | PlanVersion) -> Any:
    """Return the version that it replaces, else the newest one before it that was in force."""
    found = replaced(version)
    if found is not None:
        return found
    family = version.tariff if isinstance(version, TariffVersion) else version.plan
    earlier = family.versions.filter(number__lt=version.number)
    return earlier.filter(state__in=IN_FORCE).order_by("-number").first()
