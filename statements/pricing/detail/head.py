"""What stands over every page of one tariff or plan: its status, version, days and author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from core.tables import Tag
from statements.pricing.lists.tariffs import TAGS
from tariffs.models import IN_FORCE, Plan, PlanVersion, Tariff, TariffVersion, VersionState
from tariffs.status import status

Item = Tariff | Plan
Version = TariffVersion | PlanVersion
STATE_TAGS = {
    VersionState.DRAFT: "draft",
    VersionState.IN_REVIEW: "wait",
    VersionState.PUBLISHED: "good",
    VersionState.SUPERSEDED: "off",
    VersionState.WITHDRAWN: "off",
}


@dataclass(frozen=True)
class Head:
    """A tariff or plan, and the version that its pages speak of; none: it has no version."""

    item: Any
    tag: Tag
    versions: Sequence[Any]  # the newest first
    version: Any

    @property
    def valid(self) -> str:
        return valid(self.version) if self.version else ""


def head(item: Item, today: date) -> Head:
    """Return it with all of its versions; one query.

    :param today: the day where the utility is
    """
    versions: list[Any] = list(
        item.versions.select_related("author", "approver").order_by("-number")
    )
    for version in versions:
        _tie(version, item)
    held = status(versions, today, is_active=item.is_active)
    return Head(item, Tag(str(held.label), TAGS[held]), versions, shown(versions, today))


def shown(versions: Sequence[Any], today: date) -> Any:
    """Return the version of today, else the next, else the last, else a draft; none of none."""
    in_force = [version for version in versions if version.state in IN_FORCE]
    reaching = [v for v in in_force if v.ends_on is None or v.ends_on > today]
    holding = [version for version in reaching if version.starts_on <= today]
    return next(iter([*holding, *reaching[-1:], *in_force, *versions]), None)


def on_day(versions: Sequence[Any], day: date) -> Any:
    """Return the version in force on a day, or None."""
    for version in versions:
        begun = version.state in IN_FORCE and version.starts_on <= day
        if begun and (version.ends_on is None or version.ends_on > day):
            return version
    return None


def numbered(versions: Sequence[Any], number: int) -> Any:
    """Return the version of this number, or None."""
    return next((version for version in versions if version.number == number), None)


def state_tag(version: Version) -> Tag:
    return Tag(str(version.get_state_display()), STATE_TAGS[VersionState(version.state)])


def valid(version: Version) -> str:
    """Say from when to when a version holds; the last day is included."""
    words = {"first": formats.day(version.starts_on)}
    if version.ends_on is None:
        return _("Ongoing, from %(first)s") % words
    words["last"] = formats.day(version.ends_on - timedelta(days=1))
    return _("%(first)s to %(last)s") % words


def _tie(version: Any, item: Item) -> None:
    """Spare a query for what is known."""
    if isinstance(item, Tariff):
        version.tariff = item
    else:
        version.plan = item
