"""The numbers of the price book as its page shows them: tiles, rows, and where each leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Commodity
from core import formats
from core.tables import Tag
from statements.pricing.lists.narrowing import IN_REVIEW, LOSING, OLD_DRAFT
from statements.pricing.lists.tariffs import TAGS
from statements.pricing.overview import Growth, NeedsAttention, Overview
from tariffs.status import ItemStatus

PLANS, TARIFFS = "statements:price_plans", "statements:price_tariffs"


@dataclass(frozen=True)
class Tile:
    """A number, what it is of, and the list that makes it."""

    key: str
    word: str
    figure: str
    more: str
    about: str
    address: str


@dataclass(frozen=True)
class StatusRow:
    """How many plans and tariffs have a status."""

    tag: Tag
    plans: int
    plans_address: str
    tariffs: int
    tariffs_address: str


@dataclass(frozen=True)
class EndingRow:
    """How many end within so many days."""

    days: int
    plans: int
    plans_address: str
    tariffs: int
    tariffs_address: str


@dataclass(frozen=True)
class Look:
    """Something that somebody should look at."""

    word: str
    count: int
    address: str


@dataclass(frozen=True)
class Page:
    tiles: Sequence[Tile]
    statuses: Sequence[StatusRow]
    endings: Sequence[EndingRow]
    horizon: int  # the last day on which an end is soon
    looks: Sequence[Look]


def shown(book: Overview) -> Page:
    return Page(
        tiles=[
            _counted("plans", _("Plans"), book.plans, PLANS),
            _counted("tariffs", _("Tariffs"), book.tariffs, TARIFFS),
            _subscribers(book.subscribers),
        ],
        statuses=[_status(status, book) for status in ItemStatus],
        endings=_endings(book),
        horizon=max(book.plans_expiring),
        looks=list(_looks(book.attention)),
    )


def _counted(key: str, word: str, counts: Mapping[str, int], name: str) -> Tile:
    total, active = sum(counts.values()), counts[ItemStatus.ACTIVE]
    words = {"active": formats.number(active), "others": formats.number(total - active)}
    return Tile(
        key,
        word,
        formats.number(total),
        _("%(active)s active, %(others)s not") % words,
        _("All that were ever written, also those that are scheduled, expired or switched off."),
        reverse(name),
    )


def _subscribers(growth: Growth) -> Tile:
    words = {
        "now": formats.number(growth.now),
        "before": formats.number(growth.before),
        "day": formats.day(growth.before_on),
    }
    if growth.percent is None:
        more = _("new since %(day)s") % words if growth.now else ""
        about = _("Services with a plan today. There was none on %(day)s.") % words
    else:
        more = _("no change since %(day)s") % words
        if growth.now != growth.before:
            more = _("%(change)s since %(day)s") % {**words, "change": f"{growth.percent:+.1f} %"}
        about = (
            _(
                "Services with a plan: %(now)s today, %(before)s on %(day)s. "
                "The change is their difference by %(before)s."
            )
            % words
        )
    address = f"{reverse(PLANS)}?sort=name"
    return Tile("subscribers", _("Active subscribers"), words["now"], more, about, address)


def _status(status: ItemStatus, book: Overview) -> StatusRow:
    query = f"?status={status.value}"
    return StatusRow(
        Tag(str(status.label), TAGS[status]),
        book.plans[status],
        f"{reverse(PLANS)}{query}",
        book.tariffs[status],
        f"{reverse(TARIFFS)}{query}",
    )


def _ending(days: int, book: Overview) -> EndingRow:
    query = f"?ending={days}"
    return EndingRow(
        days,
        book.plans_expiring[days],
        f"{reverse(PLANS)}{query}",
        book.tariffs_expiring[days],
        f"{reverse(TARIFFS)}{query}",
    )


def _endings(book: Overview) -> Sequence[EndingRow]:
    """Return a row for each horizon, or none where nothing ends within the last of them."""
    rows = [_ending(days, book) for days in book.plans_expiring]
    return rows if any(row.plans or row.tariffs for row in rows) else []


def _reviews(found: NeedsAttention) -> Sequence[Look]:
    """Return what waits for a second person, each with the list of it."""
    return [
        Look(
            _("Plans that wait for review"),
            found.plans_in_review,
            f"{reverse(PLANS)}?look={IN_REVIEW}",
        ),
        Look(
            _("Tariffs that wait for review"),
            found.tariffs_in_review,
            f"{reverse(TARIFFS)}?look={IN_REVIEW}",
        ),
        Look(
            _("Discounts that wait for review"),
            found.discounts_in_review,
            reverse("statements:discounts"),
        ),
    ]


def _looks(found: NeedsAttention) -> Sequence[Look]:
    plans, tariffs = reverse(PLANS), reverse(TARIFFS)
    looks = [
        *_reviews(found),
        Look(
            _("Plans one of whose tariffs ends first"),
            found.plans_losing_a_tariff,
            f"{plans}?look={LOSING}",
        ),
        Look(
            _("Plans with a draft older than 30 days"),
            found.old_plan_drafts,
            f"{plans}?look={OLD_DRAFT}",
        ),
        Look(
            _("Tariffs with a draft older than 30 days"),
            found.old_tariff_drafts,
            f"{tariffs}?look={OLD_DRAFT}",
        ),
    ]
    for commodity in found.services_without_a_tariff:
        word = _("No active tariff for %s") % Commodity(commodity).label
        looks.append(Look(word, 1, f"{tariffs}?service={commodity}"))
    return [look for look in looks if look.count]
