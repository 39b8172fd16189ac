"""Two shadow runs side by side, and whether a repeat gave the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import formats
from statements.models import ShadowRun
from statements.presentation.shadow import Names, months
from statements.presentation.shadow_found import percent
from statements.pricing.shadow.population import Population
from statements.pricing.shadow.results import Results, repeats

DIGITS = 12  # of a fingerprint that people compare
MOST = 50


@dataclass(frozen=True)
class Line:
    """One thing about both runs."""

    word: str
    this: str
    other: str

    @property
    def differs(self) -> bool:
        return self.this != self.other


@dataclass(frozen=True)
class Repeats:
    """The other runs of the same prices, months and population, by what they found."""

    same: tuple[ShadowRun, ...]
    other: tuple[ShadowRun, ...]


def repeated(run: ShadowRun) -> Repeats:
    """Return which repeats of a run found the same, and which did not."""
    found = repeats(run)
    return Repeats(
        tuple(each for each in found if each.result_digest == run.result_digest),
        tuple(each for each in found if each.result_digest != run.result_digest),
    )


def fingerprint(run: ShadowRun) -> str:
    """Return as much of the digest of the results as people compare."""
    return run.result_digest[:DIGITS]


def others(run: ShadowRun) -> list[tuple[str, str]]:
    """Return the finished runs that a run may be put beside, as choices."""
    done = ShadowRun.objects.filter(state=ShadowRun.State.DONE).exclude(pk=run.pk)
    rows = done.select_related("version__tariff", "plan_version__plan").order_by("-pk")[:MOST]
    return [(str(row.pk), f"{row.pk}: {row.subject}, {months(row)}") for row in rows]


def beside(run: ShadowRun, found: Results, other: ShadowRun, its: Results) -> list[Line]:
    """Return what both runs compared and found, line by line."""
    names = Names.read()
    return [
        Line(word, this, that)
        for (word, this), (_word, that) in zip(
            _lines(run, found, names), _lines(other, its, names), strict=True
        )
    ]


def _lines(run: ShadowRun, found: Results, names: Names) -> Iterator[tuple[str, str]]:
    everybody, special, currency = found.all, found.special_need, found.currency
    yield _("Draft"), str(run.subject)
    yield _("Months"), months(run)
    yield _("Whose bills"), ", ".join(names.told(Population.from_json(run.population)))
    yield _("Accounts"), formats.number(everybody.accounts)
    yield _("Before"), formats.money(everybody.before_minor, currency)
    yield _("After"), formats.money(everybody.after_minor, currency)
    yield _("Change"), formats.money(everybody.change_minor, currency, plus=True)
    yield _("Change in percent"), percent(everybody.before_minor, everybody.after_minor)
    yield _("Pay less"), formats.number(everybody.better)
    yield _("Pay more"), formats.number(everybody.worse)
    yield _("Pay the same"), formats.number(everybody.same)
    yield (
        _("Change for who has a special need"),
        formats.money(special.change_minor, currency, plus=True),
    )
    yield _("Could be priced"), _("%s %%") % formats.number(found.coverage.percent)
    yield _("Fingerprint"), fingerprint(run)
