"""Step 3: for each service a rate type and a rate name; only what fits the plan is offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity
from core import formats
from tariffs.authoring import Check, PlanForm
from tariffs.authoring.found import PlanStep
from tariffs.authoring.plan_around import Around, RateFacts
from tariffs.authoring.plan_checks import misfit
from tariffs.authoring.plan_state import ServiceRow
from tariffs.models import RateType
from tariffs.plan_wizard import words
from tariffs.plan_wizard.stepping import StepForm


@dataclass(frozen=True)
class Service:
    """A service as the page shows it; `act` is what its button "Add rate" sends."""

    key: str
    word: str
    chosen: BoundField
    kind: BoundField
    rate: BoundField
    act: str
    is_empty: bool  # no rate name of this type fits
    others: list[str]  # why other rates of the service do not fit, in words
    beside: list[BoundField]  # tariffs that price it too, each with a box to keep it


class ServicesForm(StepForm):
    """The services in their order, each with its type of rate and the names that fit."""

    step = PlanStep.SERVICES

    def __init__(
        self, data: Any = None, *, initial: Any = None, added: str = "", **options: Any
    ) -> None:
        around: Around = options["around"]
        first = {**(initial or {}), **_with(around.rates.get(added))}
        super().__init__(data, initial=first, **options)
        source = first if data is None else data
        for commodity in Commodity:
            self._add(commodity, str(source.get(f"kind-{commodity.value}", "")))
        for row in self.before.beside:
            rate = around.rates.get(row.tariff)
            word = _("Keep %(rate)s beside it") % {"rate": rate.name if rate else row.tariff}
            self.fields[f"keep-{row.tariff}"] = forms.BooleanField(label=word, required=False)

    @property
    def services(self) -> Iterator[Service]:
        for each in Commodity:
            key = each.value
            rate = self[f"rate-{key}"]
            choices = list(getattr(self.fields[f"rate-{key}"].widget, "choices", ()))
            yield Service(
                key,
                str(each.label),
                self[f"on-{key}"],
                self[f"kind-{key}"],
                rate,
                f"rate {key}",
                len(choices) == 1,
                self._unfit(key),
                [self[f"keep-{row.tariff}"] for row in self.before.beside if row.commodity == key],
            )

    def made(self, values: Mapping[str, Any]) -> PlanForm:
        rows = [
            ServiceRow(each.value, self._rate(values, each.value))
            for each in Commodity
            if values.get(f"on-{each.value}")
        ]
        kept = (row for row in self.before.beside if values.get(f"keep-{row.tariff}"))
        return replace(self.before, services=tuple(rows), beside=tuple(kept))

    def named(self, field: str) -> str | None:
        commodity = field.partition(".")[2]
        return f"rate-{commodity}" if commodity else None

    def worded(self, check: Check) -> str:
        commodity = check.field.partition(".")[2]
        if not commodity:
            return super().worded(check)
        told = {"service": Commodity(commodity).label, "problem": super().worded(check)}
        return _("%(service)s: %(problem)s") % told

    def _rate(self, values: Mapping[str, Any], key: str) -> str:
        """Return the chosen rate, unless it is of another type than the one that is chosen."""
        code, kind = str(values.get(f"rate-{key}", "")), values.get(f"kind-{key}", "")
        rate = self.around.rates.get(code)
        return code if rate and kind in ("", rate.rate_type) else ""

    def _add(self, commodity: Commodity, kind: str) -> None:
        key = commodity.value
        self.fields[f"on-{key}"] = forms.BooleanField(label=commodity.label, required=False)
        self.fields[f"kind-{key}"] = forms.ChoiceField(
            label=gettext_lazy("Rate type"),
            choices=[("", gettext_lazy("All types")), *RateType.choices],
            required=False,
        )
        fitting = self._fitting(key, kind)
        choices = [("", _("Choose a rate name")), *((r.code, _label(r)) for r in fitting)]
        self.fields[f"rate-{key}"] = forms.CharField(
            label=gettext_lazy("Rate name"),
            required=False,
            widget=forms.Select(choices=choices),
        )

    def _unfit(self, key: str) -> list[str]:
        """Return why tariffs of a service are not offered to this plan."""
        rates = [rate for rate in self.around.rates.values() if rate.commodity == key]
        found = (misfit(ServiceRow(key), rate, self.before, self.around) for rate in rates)
        return [words.said(check) for checks in found for check in [*checks][:1]]

    def _fitting(self, key: str, kind: str) -> list[RateFacts]:
        """Return the tariffs of a service and type that this plan may name."""
        return [
            rate
            for rate in self.around.rates.values()
            if rate.commodity == key
            and kind in ("", rate.rate_type)
            and not any(misfit(ServiceRow(key), rate, self.before, self.around))
        ]


def _label(rate: RateFacts) -> str:
    told = {"name": rate.name, "type": RateType(rate.rate_type).label}
    if not rate.is_published:
        return _("%(name)s – %(type)s, not published yet") % told
    if rate.end is None:
        return _("%(name)s – %(type)s, ongoing") % told
    last = formats.day(rate.end - timedelta(days=1))
    return _("%(name)s – %(type)s, up to %(last)s") % {**told, "last": last}


def _with(rate: RateFacts | None) -> dict[str, str]:
    """Return the fields of a tariff that was added for this plan."""
    return typed([ServiceRow(rate.commodity, rate.code)], {rate.code: rate}) if rate else {}


def typed(
    rows: Sequence[ServiceRow],
    rates: Mapping[str, RateFacts],
    beside: Sequence[ServiceRow] = (),
) -> dict[str, str]:
    """Return the fields that make these services."""
    found = {f"keep-{row.tariff}": "on" for row in beside}
    for row in rows:
        rate = rates.get(row.tariff)
        found[f"on-{row.commodity}"] = "on"
        found[f"kind-{row.commodity}"] = rate.rate_type if rate else ""
        found[f"rate-{row.commodity}"] = row.tariff
    return found
