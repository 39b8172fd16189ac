"""What a shadow run found, in sentences, rows and a chart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from core.charts import USE, Bar, Chart, Series, bars
from core.money import divide
from statements.models import ShadowRun
from statements.pricing.shadow.groups import Bin, Group
from statements.pricing.shadow.results import NO_CATEGORY, Results, service_of

UNIT = {"electricity": ("kWh", 1000)}
OTHER_UNIT = ("m3", 1000)
ACCOUNTS = Series("accounts", "", USE.kind)


@dataclass(frozen=True)
class GroupRow:
    """Some accounts together: in words and formatted numbers."""

    word: str
    address: str  # where the page tells of them alone
    accounts: str
    before: str
    after: str
    change: str
    percent: str
    better: str
    worse: str
    same: str


def percent(before_minor: int, after_minor: int) -> str:
    """Return the change in percent, to one digit; a dash where nothing was paid before."""
    if before_minor <= 0:
        return "–"
    tenths = divide((after_minor - before_minor) * 1000, before_minor)
    shown = formats.number(Decimal(tenths) / 10)
    return f"+{shown} %" if tenths > 0 else f"{shown} %"


def row(word: str, group: Group, currency: str, address: str = "") -> GroupRow:
    """Format the sums of a group."""
    return GroupRow(
        word=word,
        address=address,
        accounts=formats.number(group.accounts),
        before=formats.money(group.before_minor, currency),
        after=formats.money(group.after_minor, currency),
        change=formats.money(group.change_minor, currency, plus=True),
        percent=percent(group.before_minor, group.after_minor),
        better=formats.number(group.better),
        worse=formats.number(group.worse),
        same=formats.number(group.same),
    )


@dataclass(frozen=True)
class WorstRow:
    """An account that would pay more, in formatted numbers."""

    number: str
    category: str
    use: str
    before: str
    after: str
    change: str
    percent: str


def worst_rows(run: ShadowRun, found: Results) -> list[WorstRow]:
    """Return who would pay most more."""
    return [
        WorstRow(
            each.number,
            found.category_names.get(each.category, each.category) or _("Without a category"),
            used(run, each.use_per_month),
            formats.money(each.before_minor, found.currency),
            formats.money(each.after_minor, found.currency),
            formats.money(each.minor, found.currency, plus=True),
            percent(each.before_minor, each.after_minor),
        )
        for each in found.worst
    ]


def decile_rows(found: Results) -> list[tuple[str, str]]:
    """Return the changes at the tenths of the accounts, the lowest first."""
    words = [
        _("The lowest change"),
        *(_("%s %% pay no more than this") % formats.number(tenth * 10) for tenth in range(1, 10)),
        _("The highest change"),
    ]
    changes = (formats.money(minor, found.currency, plus=True) for minor in found.deciles)
    return list(zip(words, changes, strict=False))


def finding(found: Results) -> str:
    """Say in a sentence what changes for all together."""
    change = found.all.change_minor
    words = {
        "amount": formats.money(abs(change), found.currency),
        "percent": percent(found.all.before_minor, found.all.after_minor),
    }
    if not change:
        return _("All bills together would come to the same.")
    if change > 0:
        return _("All bills together would be %(amount)s higher (%(percent)s).") % words
    return _("All bills together would be %(amount)s lower (%(percent)s).") % words


def category_rows(run: ShadowRun, found: Results) -> list[GroupRow]:
    """Return a row for each sub-category."""
    return [
        row(
            part.name or _("Without a category"),
            part.group,
            found.currency,
            address(run, category=part.code or NO_CATEGORY),
        )
        for part in found.by_category
    ]


def band_rows(run: ShadowRun, found: Results, *, with_links: bool) -> list[GroupRow]:
    """Return a row for each band of use.

    :param with_links: whether the bands are those of the whole run
    """
    return [
        row(word, band.group, found.currency, address(run, band=n) if with_links else "")
        for n, (word, band) in enumerate(zip(band_words(run, found), found.by_use, strict=True), 1)
    ]


def band_words(run: ShadowRun, found: Results) -> list[str]:
    """Return how each band is called: from which to which use in a month."""
    return [
        _("%(least)s to %(most)s a month")
        % {"least": used(run, band.least), "most": used(run, band.most)}
        for band in found.by_use
    ]


def used(run: ShadowRun, base: int) -> str:
    """Return a use in whole units of the run's service."""
    unit, scale = UNIT.get(service_of(run), OTHER_UNIT)
    return formats.quantity(divide(base, scale), unit)


def address(run: ShadowRun, **said: str | int) -> str:
    """Return the address of the run's page that tells of some of its accounts."""
    page = reverse("statements:shadow_run", args=[run.pk])
    return f"{page}?{urlencode(said)}" if said else page


def chart(found: Results) -> Chart | None:
    """Draw how many accounts change by how much; None without accounts."""
    if not found.histogram:
        return None
    count = found.all.accounts
    words = {
        "count": formats.number(count),
        "better": formats.number(found.all.better),
        "worse": formats.number(found.all.worse),
        "same": formats.number(found.all.same),
    }
    told = ngettext(
        "Of %(count)s account, %(better)s would pay less, %(worse)s more and %(same)s the same.",
        "Of %(count)s accounts, %(better)s would pay less, %(worse)s more and %(same)s the same.",
        count,
    )
    return bars(
        [_bar(each, found.currency) for each in found.histogram],
        [ACCOUNTS._replace(word=_("Accounts"))],
        key="changes",
        finding=told % words,
        unit="",
        description=_("Accounts by the change of all their bills together."),
    )


def _bar(each: Bin, currency: str) -> Bar:
    least, below = (
        None if end is None else formats.money(end, currency, plus=True)
        for end in (each.least_minor, each.below_minor)
    )
    if least is None:
        about = _("less than %s") % below
    elif below is None:
        about = _("%s or more") % least
    else:
        about = _("%(least)s to less than %(below)s") % {"least": least, "below": below}
    label = f"< {below}" if least is None else least
    return Bar(label, (each.accounts,), about=about)
