"""A shadow run as its pages tell it: what was compared, for whom, how far it is, who is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import formats
from statements.models import ShadowAccount, ShadowRun
from statements.operations.plan import month_of
from statements.presentation.runs import Progress
from statements.pricing.shadow import choices
from statements.pricing.shadow.population import Population
from statements.problems import WAYS_OUT

SHOWN = 100


@dataclass(frozen=True)
class MissingRow:
    """An account that could not be priced in all months."""

    account: str
    months: int
    code: str
    way_out: str


def runs() -> QuerySet[ShadowRun]:
    """Return the runs, newest first, with what their rows show."""
    related = ("version__tariff", "plan_version__plan", "requested_by")
    return ShadowRun.objects.select_related(*related).order_by("-pk")


def months(run: ShadowRun) -> str:
    """Return the compared months in words."""
    first, last = (date(*month_of(text), 1) for text in (run.first_month, run.last_month))
    if first == last:
        return formats.month(first)
    return f"{formats.month(first)} – {formats.month(last)}"


@dataclass(frozen=True)
class Names:
    """What plans, categories and areas are called, by code; read once for a page."""

    plans: Mapping[str, str]
    categories: Mapping[str, str]
    areas: Mapping[str, str]

    @classmethod
    def read(cls) -> Names:
        return cls(dict(choices.plans()), dict(choices.categories()), dict(choices.areas()))

    def told(self, population: Population) -> list[str]:
        """Return whose bills are compared, a phrase for each condition."""
        found = [
            *(_("Plan: %s") % self.plans.get(code, code) for code in population.plans),
            *(
                _("Category: %s") % self.categories.get(code, code)
                for code in population.categories
            ),
            *(_("Area: %s") % self.areas.get(code, code) for code in population.areas),
        ]
        if population.sample:
            found.append(_("A sample of %s") % formats.number(population.sample))
        return found or [_("Everybody who has it")]


def progress(run: ShadowRun) -> Progress:
    """Return how many accounts of a run are compared."""
    done = ShadowAccount.objects.filter(run=run, chunk__state="done").count()
    return Progress(done, run.accounts)


def missing(run: ShadowRun) -> list[MissingRow]:
    """Return the accounts with months that could not be priced, at most `SHOWN`."""
    rows = ShadowAccount.objects.filter(run=run, months_missing__gt=0)
    found = rows.order_by("problem", "account__number")
    columns = ("account__number", "months_missing", "problem")
    other = _("Ask the developers what this code means, then retry.")
    return [
        MissingRow(account, count, code, str(WAYS_OUT.get(code, other)))
        for account, count, code in found.values_list(*columns)[:SHOWN]
    ]
