"""Step 1: what the tariff is, for whom and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity, ConsumerCategory, ServiceArea
from core import formats
from tariffs import authoring, queries
from tariffs.wizard import typed
from tariffs.wizard.forms.base import StepForm

LONGEST_TEXT = 2000
ADDRESSES = ("new", "edit", "change")  # below /manage/tariffs/
Node = ConsumerCategory | ServiceArea


class BasicsForm(StepForm):
    """The code is made of the name where none is entered; what is edited keeps its code."""

    step = typed.BASICS
    checks = (authoring.Step.BASICS,)
    passing = ("code_missing",)  # a code is made of the name

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("As plans and customers know it. No other tariff may have it."),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=typed.LONGEST_CODE,
        help_text=gettext_lazy(
            "For files and addresses: small letters, digits and hyphens. Left empty, it is made of "
            "the name. It cannot be changed later."
        ),
    )
    commodity = forms.ChoiceField(
        label=gettext_lazy("Service"), choices=[("", gettext_lazy("Choose")), *Commodity.choices]
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("What it is for, in a sentence or two."),
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Today or later. Older prices come in by a file, with a reason."),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("This day is included. Left empty, the tariff is ongoing."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if self.about.get("code"):
            del self.fields["code"], self.fields["commodity"]
        self._ask_who()
        for language in self._languages():
            self.fields[f"{typed.BENEFIT}{language}"] = _benefit(language)
        self.order_fields(["name", "code", "commodity", "first_day", "last_day"])

    @property
    def first_choices(self) -> list[forms.BoundField]:
        """The fields before those of whom it is for."""
        names = ("name", "code", "commodity", "first_day", "last_day", "description")
        return [self[name] for name in names if name in self.fields]

    @property
    def benefits(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(typed.BENEFIT)]

    def clean(self) -> dict[str, Any]:
        self._code_of_name()
        found = super().clean()
        self._refuse_taken(found)
        first = typed.day(str(found["first_day"]))
        if first and first < self.about["today"] and str(first) != self.about.get("began"):
            today = formats.day(self.about["today"])
            self.add_error("first_day", _("Enter %(today)s or a later day.") % {"today": today})
        return {**found, "code": self.about.get("code") or found["code"]}

    def typed(self) -> dict[str, str | list[str]]:
        found = super().typed()
        if "code" in found and not found["code"]:
            found["code"] = typed.code_of(found)
        return found

    def _code_of_name(self) -> None:
        """A name without a Latin letter makes no code; then one must be entered."""
        found = self.typed()
        if found["name"] and "code" in self.fields and not found["code"]:
            self.add_error("code", _("Enter a code."))

    def _refuse_taken(self, found: dict[str, Any]) -> None:
        code = self.about.get("code") or found["code"]
        if other := queries.tariff_called(str(found["name"]), but=code):
            self.add_error("name", _("Another tariff has this name: %s.") % other.code)
        if not self.about.get("code") and code in ADDRESSES:
            self.add_error("code", _("This word is part of an address. Choose another code."))
        elif not self.about.get("code") and queries.is_code_taken(code):
            self.add_error("code", _("Another tariff has this code: %s.") % code)

    def _ask_who(self) -> None:
        """Ask for categories and areas, those only that there are."""
        categories, areas = queries.categories_offered(), queries.areas_offered()
        service = self.about.get("commodity")
        if service:
            areas = [area for area in areas if area.commodity == service]
        kept = {name: self._typed_list(name) for name in ("categories", "areas")}
        self.fields["categories"] = _several(
            gettext_lazy("Consumer categories"), _nested(categories), kept["categories"]
        )
        self.fields["areas"] = _several(
            gettext_lazy("Areas"), _nested(areas, with_service=not service), kept["areas"]
        )

    def _typed_list(self, name: str) -> list[str]:
        values = getattr(self.source, "getlist", self.source.get)(name) or []
        return [values] if isinstance(values, str) else list(values)

    def _languages(self) -> list[str]:
        """Return the languages of the site, and others in which something is said already."""
        asked = [code for code, _name in settings.LANGUAGES]
        said = [
            name.removeprefix(typed.BENEFIT)
            for name in self.source
            if name.startswith(typed.BENEFIT)
        ]
        return [*asked, *(code for code in said if code not in asked)]


def _benefit(language: str) -> forms.CharField:
    names = dict(settings.LANGUAGES)
    return forms.CharField(
        label=_("Benefits and tips (%(language)s)") % {"language": names.get(language, language)},
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 2, "lang": language, "dir": "auto"}),
    )


def _several(label: Any, choices: Sequence[tuple[str, str]], kept: Iterable[str]) -> Any:
    known = {code for code, _word in choices}
    gone = [(code, code) for code in kept if code not in known]
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=[*choices, *gone],
        widget=forms.CheckboxSelectMultiple,
    )


def _nested(nodes: Sequence[Any], *, with_service: bool = False) -> list[tuple[str, str]]:
    """Return each node after the one that it lies in, named by both."""
    names = {node.pk: node for node in nodes}
    rows = []
    for node in nodes:
        above = names.get(node.parent_id)
        word = f"{above} › {node}" if above else str(node)
        if with_service:
            word = f"{node.get_commodity_display()}: {word}"
        rows.append((word, node.code))
    return [(code, word) for word, code in sorted(rows)]
