"""Turns what people choose on the pages of plans into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Commodity, ConsumerCategory, ServiceArea
from core.card_numbers import no_card_number
from core.offering import NamedRows, offer, offer_rows
from core.typed import within_the_calendar
from meters.models import CustomerAgreement
from statements.operations.moving import Choice
from statements.pricing.candidates import Candidate
from tariffs.models import Plan, PlanVersion


@dataclass(frozen=True)
class Offer:
    """A plan for one service of an account."""

    agreement: CustomerAgreement
    version: PlanVersion

    @property
    def key(self) -> str:
        return f"{self.agreement.pk}:{self.version.plan.code}"


class SwitchForm(forms.Form):
    """Which plan a customer wants, for which service."""

    choice = forms.ChoiceField(label=_("The plan that you want"))
    note = forms.CharField(
        label=_("Anything that we should know"),
        help_text=_("Up to 200 letters. No card or bank numbers."),
        max_length=200,
        required=False,
        validators=[no_card_number],
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, offers: Sequence[Offer], **options: Any) -> None:
        super().__init__(*args, **options)
        self.offers = {each.key: each for each in offers}
        groups: dict[str, list[tuple[str, str]]] = {}
        for each in offers:
            point = each.agreement.usage_point
            group = f"{point.get_commodity_display()}, {point.location}"
            groups.setdefault(group, []).append((each.key, each.version.plan.name))
        rows: list[Any] = list(groups.items())
        if len(rows) == 1:
            rows = rows[0][1]
        offer(self, "choice", [("", _("Choose a plan")), *rows])

    @property
    def offer(self) -> Offer:
        return self.offers[self.cleaned_data["choice"]]


class GivePlanForm(forms.Form):
    """Which plan an employee gives to a customer, and from when."""

    NEXT, DAY = "next", "day"

    plan = forms.ChoiceField(label=_("Plan"), widget=forms.RadioSelect)
    begins = forms.ChoiceField(
        label=_("From when"),
        choices=[(NEXT, _("From the next billing period")), (DAY, _("From a day"))],
        widget=forms.RadioSelect,
        initial=NEXT,
    )
    day = forms.DateField(
        label=_("The day"),
        help_text=_("Only for “From a day”. Days that are billed already stay as they are."),
        required=False,
        validators=[within_the_calendar],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        fitting = [each.version.plan for each in candidates if not each.why_not]
        self.plans = {plan.code: plan for plan in fitting}
        offer(self, "plan", [(plan.code, plan.name) for plan in fitting])

    @property
    def chosen(self) -> Plan:
        return self.plans[self.cleaned_data["plan"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("begins") == self.DAY
            and not cleaned.get("day")
            and "day" not in self.errors
        ):
            self.add_error("day", _("Say from which day."))
        return cleaned


class MoveForm(forms.Form):
    """Whose customers move to a plan: those of another plan, or a part of them."""

    source = forms.ChoiceField(label=_("Customers who have"))
    category = forms.ModelChoiceField(
        label=_("Only the category"),
        help_text=_("With all categories below it."),
        queryset=ConsumerCategory.objects.none(),
        required=False,
        empty_label=_("All"),
    )
    area = NamedRows(
        called=attrgetter("with_service"),
        label=_("Only the service area"),
        help_text=_("With all areas below it."),
        queryset=ServiceArea.objects.none(),
        required=False,
        empty_label=_("All"),
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, target: Plan, sources: Sequence[Plan], **options: Any) -> None:
        super().__init__(*args, **options)
        self.target = target
        self.sources = {plan.code: plan for plan in sources}
        offer(self, "source", [("", _("Choose a plan")), *((p.code, p.name) for p in sources)])
        offer_rows(self, "category", ConsumerCategory.objects.order_by("name", "pk"))
        offer_rows(self, "area", ServiceArea.objects.order_by("commodity", "name", "pk"))

    @property
    def choice(self) -> Choice:
        said = self.cleaned_data
        return Choice(self.sources[said["source"]], self.target, said["category"], said["area"])


class PricesForm(forms.Form):
    """Which prices are shown to everybody; nonsense shows all."""

    service = forms.ChoiceField(
        label=_("Service"), choices=[("", _("All")), *Commodity.choices], required=False
    )
    category = forms.ModelChoiceField(
        label=_("For"),
        queryset=ConsumerCategory.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("Everybody"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_rows(self, "category", ConsumerCategory.objects.order_by("name", "pk"))
