"""The form of a discount policy, and its deeds."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity, Customer
from core.offering import offer
from statements.pricing.changing.forms import not_the_last
from statements.pricing.discounts import OF, STACKING
from tariffs import queries
from tariffs.engine import TariffError, load
from tariffs.plans.discount import CHARGES, MAX_POSITION, Stacking

LONGEST_CODE = 27
LARGEST = 100_000  # bytes of a file with one policy
FIELDS = {"from": "starts_on", "to": "last_day", "commodity": "services"}


class DiscountForm(forms.Form):
    """One policy for one or several services."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("It is printed on the bill."),
    )
    code = forms.RegexField(
        r"^[a-z0-9][a-z0-9_-]*$",
        label=gettext_lazy("Code"),
        max_length=LONGEST_CODE,
        required=False,
        help_text=gettext_lazy(
            "For files and addresses: small letters, digits, - and _. Left empty, it is made of "
            "the name. The code of a discount that is there makes a new version of it."
        ),
        error_messages={"invalid": gettext_lazy("Write small letters, digits, - and _.")},
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"),
        choices=Commodity.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each becomes a policy of its own."),
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Per cent taken off"), min_value=0, max_value=100, decimal_places=4
    )
    of = forms.MultipleChoiceField(
        label=gettext_lazy("Of which charges"),
        choices=[(str(each), OF[each]) for each in CHARGES],
        widget=forms.CheckboxSelectMultiple,
        initial=[str(each) for each in CHARGES],
        required=False,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("Best the first of a month: within a bill it cuts the lines."),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput({"type": "date"}),
        required=False,
        validators=[not_the_last],
        help_text=gettext_lazy("Empty: it stays open."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    customers = forms.ChoiceField(
        label=gettext_lazy("Customers"),
        choices=[("", gettext_lazy("All")), *Customer.Kind.choices],
        required=False,
    )
    special_need = forms.BooleanField(
        label=gettext_lazy("Only customers with a special need"), required=False
    )
    conditions = forms.CharField(
        label=gettext_lazy("Marked on the account as"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Words with which staff mark accounts, divided by commas, such as paperless."
        ),
    )
    stacking = forms.ChoiceField(
        label=gettext_lazy("Where another discount holds too"),
        choices=[(str(key), word) for key, word in STACKING.items()],
        initial=str(Stacking.ADDS),
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        min_value=0,
        max_value=MAX_POSITION,
        initial=0,
        help_text=gettext_lazy("Discounts are taken from the lowest place up."),
    )
    description = forms.CharField(label=gettext_lazy("Description"), max_length=500, required=False)
    change_summary = forms.CharField(
        label=gettext_lazy("What changed"),
        max_length=500,
        initial=gettext_lazy("First version"),
    )

    def __init__(
        self, *args: Any, categories: list[tuple[str, str]], today: date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.today = today
        offer(self, "category", [("", _("All")), *categories])

    def clean_starts_on(self) -> date:
        """Refuse days that have passed, as all forms of prices do."""
        day: date = self.cleaned_data["starts_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day has passed."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for at least one condition, and for an end after the beginning."""
        said = super().clean() or {}
        if said.get("name") and said.get("code") == "":
            said["code"] = self._code_of(said["name"])
        if not self.errors and not self._conditions():
            self.add_error("conditions", _("Say who gets it: a category, a kind, or a condition."))
        first, last = said.get("starts_on"), said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return said

    def _code_of(self, name: str) -> str:
        """Return a code that is made of a name, and is nobody's yet; else ask for one."""
        code = slugify(name)[:LONGEST_CODE].strip("-_")
        if not code:
            self.add_error("code", _("No code can be made of this name: write one."))
        elif queries.discounts_called(code).exists():
            self.add_error(
                "code",
                _("There is a discount “%(code)s” already. Write its code for a new version of it.")
                % {"code": code},
            )
        return code

    def policies(self, currency: str) -> list[dict[str, Any]]:
        """Return the policies as the discount format writes them; valid forms only."""
        services = self.cleaned_data["services"]
        return [self._policy(each, currency, len(services) > 1) for each in services]

    def _policy(self, service: str, currency: str, is_one_of_several: bool) -> dict[str, Any]:
        said = self.cleaned_data
        policy: dict[str, Any] = {
            "code": f"{said['code']}-{service}" if is_one_of_several else said["code"],
            "name": said["name"],
            "commodity": service,
            "currency": currency,
            "from": said["starts_on"].isoformat(),
            "percent": f"{said['percent'].normalize():f}",
            "conditions": self._conditions(),
            "stacking": said["stacking"],
            "position": str(said["position"]),
            "change_summary": said["change_summary"],
        }
        if said["last_day"]:
            policy["to"] = (said["last_day"] + timedelta(days=1)).isoformat()
        if said["description"]:
            policy["description"] = said["description"]
        if said["of"] and said["stacking"] != Stacking.AFTER:
            policy["of"] = said["of"]
        return policy

    def _conditions(self) -> list[str]:
        said = self.cleaned_data
        found = [f"category:{said['category']}"] if said.get("category") else []
        found += [f"customer:{said['customers']}"] if said.get("customers") else []
        found += ["special-need"] if said.get("special_need") else []
        names = said.get("conditions", "").split(",")
        return [*found, *(name.strip() for name in names if name.strip())]

    def refuse(self, error: Exception) -> None:
        """Say at its field what the format or the price book refuses."""
        field = error.path.partition("[")[0] if isinstance(error, TariffError) else ""
        field = FIELDS.get(field, field)
        words = error.message if isinstance(error, TariffError) else str(error)
        if field == "stacking":  # all that is refused of a choice among these
            words = _(
                "A discount before it asks for several conditions together, so this one cannot "
                "take its place: choose another way, or another place in the order."
            )
        self.add_error(field if field in self.fields else None, words)


class DiscountFileForm(forms.Form):
    """A policy as a file of the discount format."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput({"accept": ".json"}),
        help_text=gettext_lazy("One policy as JSON, as its page saves it."),
        allow_empty_file=True,
    )

    def clean_file(self) -> dict[str, Any]:
        """Return the policy that the file states."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("The file is too large for one policy."))
        try:
            found: dict[str, Any] = load(file.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError, TariffError) as error:
            raise forms.ValidationError(_("The file cannot be read: %s.") % error) from None
        return found

    def refuse(self, error: Exception) -> None:
        """Say what the format or the price book refuses."""
        self.add_error("file", str(error))


class EndForm(forms.Form):
    """The last day of a policy, and why."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        validators=[not_the_last],
        widget=forms.DateInput({"type": "date"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea({"rows": 2})
    )
