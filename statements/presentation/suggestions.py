"""Suggestions as their page tells them: by rule, each with its counts and where they lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from meters.models import CustomerAgreement
from statements.models import SuggestionDismissal
from statements.pricing.lists.narrowing import UNUSED
from statements.pricing.suggestions import Code, Found, Lacking, Suggestion
from tariffs.models import Plan, Tariff

SHOWN = 50  # of one rule
COUNTS = {
    "plans": gettext_lazy("Plans that name it"),
    "tariffs": gettext_lazy("Tariffs with equal prices"),
    "names": gettext_lazy("Names"),
    "customers": gettext_lazy("Customers"),
    "bills": gettext_lazy("Bills of the last twelve months"),
    "reached": gettext_lazy("Bills that reached it"),
    "saving": gettext_lazy("Customers who would have paid less"),
    "compared": gettext_lazy("Customers who were compared"),
}


@dataclass(frozen=True)
class Item:
    """One suggestion with where its things are found."""

    suggestion: Suggestion
    links: Sequence[tuple[str, str]]  # word and address of each plan or tariff
    evidence: Sequence[tuple[str, str]]  # what is counted, and how many
    accounts: Sequence[str]  # numbers
    away: str  # where it is put away


@dataclass(frozen=True)
class Rule:
    """All that one rule found."""

    word: str
    count: int
    items: Sequence[Item]
    lists: Sequence[tuple[str, str]]  # word and address of lists of what it found

    @property
    def left_out(self) -> int:
        return self.count - len(self.items)


def rules(found: Found) -> list[Rule]:
    """Return what was found, rule by rule; one query."""
    accounts = _accounts(found.suggestions)
    by_rule = {code: [each for each in found.suggestions if each.code == code] for code in Code}
    return [
        Rule(
            str(code.label),
            len(of_it),
            [item(each, accounts) for each in of_it[:SHOWN]],
            _lists(code),
        )
        for code, of_it in by_rule.items()
        if of_it
    ]


def item(found: Suggestion, accounts: Mapping[int, str]) -> Item:
    """Return one suggestion as it is shown.

    :param accounts: number of the account by agreement
    """
    return Item(
        found,
        [(str(each), address_of(each)) for each in found.objects],
        [(str(COUNTS[name]), formats.number(count)) for name, count in found.evidence.items()],
        sorted({accounts[key] for key in found.agreements if key in accounts}),
        f"{reverse('statements:suggestions')}?"
        + urlencode({"code": found.code.value, "key": found.object_key}),
    )


def address_of(each: Plan | Tariff) -> str:
    """Return the page of a plan or tariff."""
    name = "statements:price_plan" if isinstance(each, Plan) else "statements:price_tariff"
    return reverse(name, args=[each.code])


def lacking(found: Found) -> list[tuple[str, Lacking]]:
    """Return the rules that could not look at everything, by their names."""
    return [(str(each.code.label), each) for each in found.lacking]


def dismissed(found: Found) -> list[tuple[Suggestion, SuggestionDismissal]]:
    """Return what was put away and would be found today, each with who did it and why."""
    rows = SuggestionDismissal.objects.select_related("actor")
    known = {(row.code, row.object_key): row for row in rows}
    return [(each, known[each.code.value, each.object_key]) for each in found.dismissed]


def _accounts(found: Iterable[Suggestion]) -> dict[int, str]:
    keys = {key for each in found for key in each.agreements}
    rows = CustomerAgreement.objects.filter(pk__in=keys)
    return dict(rows.values_list("pk", "account__number"))


def _lists(code: Code) -> list[tuple[str, str]]:
    plans, tariffs = reverse("statements:price_plans"), reverse("statements:price_tariffs")
    if code == Code.UNUSED_TARIFF:
        return [(_("Show all tariffs in no plan"), f"{tariffs}?look={UNUSED}")]
    if code == Code.NO_SUCCESSOR:
        return [
            (_("Show plans that end within 90 days"), f"{plans}?ending=90"),
            (_("Show tariffs that end within 90 days"), f"{tariffs}?ending=90"),
        ]
    return []
