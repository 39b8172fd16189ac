"""Step 4: charges beside the rate, minimums, discounts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.offering import offer
from core.wizard import Row, Rows, Typed, Words
from core.wizard.rows import MOST, kept, laid_out
from tariffs import authoring
from tariffs.authoring.state import Measure
from tariffs.engine.choices import Beside, MinimumBasis
from tariffs.wizard import typed, typed_charges
from tariffs.wizard.forms.base import StepForm, choice, hidden, number, text
from tariffs.wizard.forms.rates import BASES, PRORATIONS, class_choices

FIXED, MINIMUM, PERCENT = typed_charges.FIXED, typed_charges.MINIMUM, typed_charges.PERCENT
SHOWN = {
    FIXED: ("name", "amount", "basis", "proration", "tax_class"),
    MINIMUM: ("name", "amount", "basis", "of", "tax_class"),
    PERCENT: ("name", "amount", "purpose", "of", "tax_class"),
}
TITLES = {
    FIXED: gettext_lazy("Fixed charge"),
    MINIMUM: gettext_lazy("Minimum"),
    PERCENT: gettext_lazy("Discount or surcharge"),
}
PURPOSES = [
    ("discount", gettext_lazy("Discount: lowers the bill")),
    ("surcharge", gettext_lazy("Surcharge: raises the bill")),
    ("rider", gettext_lazy("Rider: raises the bill")),
]
BESIDE = {
    Beside.ALL: gettext_lazy("all charges of the bill for this service"),
    Beside.ENERGY: gettext_lazy("all charges for use"),
    Beside.FIXED: gettext_lazy("all fixed charges"),
    Beside.DEMAND: gettext_lazy("all demand charges"),
    Beside.CREDIT: gettext_lazy("all credits"),
}
OFTEN = (Beside.ALL, Beside.ENERGY, Beside.FIXED)


class ChargesForm(StepForm):
    """One list: every row has a kind, and shows what this kind asks."""

    step = typed.CHARGES
    checks = (authoring.Step.CHARGES,)

    def __init__(self, data: Any = None, *, classes: list[str], **options: Any) -> None:
        source = (options.get("initial") or {}) if data is None else data
        self.classes = classes
        self.named = _named({**options["before"], self.step: source}, options["about"])
        self.lists = (Rows("charges", self._row, first=0),)
        super().__init__(data, **options)
        for row in self.rows("charges"):
            self._suit(row)

    @property
    def charges(self) -> list[tuple[Row, Words, list[forms.BoundField], list[forms.BoundField]]]:
        """Each row with its title, the fields of its kind, and those that are carried along."""
        found: list[tuple[Row, Words, list[forms.BoundField], list[forms.BoundField]]] = []
        for row in self.rows("charges"):
            kind = str(row.fields["kind"].value() or FIXED)
            shown = [row.fields[name] for name in SHOWN.get(kind, SHOWN[FIXED])]
            carried = [field for field in row.fields.values() if field.is_hidden]
            found.append((row, TITLES.get(kind, TITLES[FIXED]), shown, carried))
        return found

    def edited(self, act: str, typed: Typed) -> Typed:
        """Add a row of a kind, `add fixed`, below those there are."""
        verb, _blank, kind = act.partition(" ")
        if verb != "add" or kind not in TITLES:
            return super().edited(act, typed)
        rows = kept(typed, self.lists[0])
        if len(rows) >= MOST:
            return typed
        place = typed_charges.STANDING if kind == FIXED and self._has_use else ""
        row: dict[str, str | list[str]] = {
            "kind": kind,
            "place": place,
            "code": _new_code(kind, {str(each.get("code")) for each in rows}),
        }
        return {**typed, **laid_out("charges", [*rows, row])}

    def place(self, where: str) -> str | None:
        found = re.fullmatch(r"((?:standing|others)\[\d+\])\.(\w+)", where)
        at = typed_charges.places(self.typed()).get(found[1]) if found else None
        if found is None or at is None:
            return None
        part = "amount" if found[2] in ("price", "percent") else found[2]
        return f"charges-{at}-{'name' if part == 'code' else part}"

    @property
    def _has_use(self) -> bool:
        return self.before["type"].get("rate_type") != "fixed"

    def _suit(self, row: Row) -> None:
        """Let a row ask what its kind asks: of other charges only, for times that it may be for."""
        kind, code = str(row.fields["kind"].value()), str(row.fields["code"].value())
        for part in SHOWN.get(kind, ()):
            name = row.fields[part].name
            if part == "amount":
                word = _("Percentage") if kind == PERCENT else _("Amount")
                self.fields[name].label = row.fields[part].label = word
            elif part == "basis" and kind == MINIMUM:
                offer(self, name, [each for each in BASES if each[0] in tuple(MinimumBasis)])
            elif part == "of":
                offer(self, name, self._of(kind, code, row.fields["of"].value() or ()))

    def _of(self, kind: str, code: str, chosen: Collection[str]) -> list[tuple[str, Words]]:
        """Return what a charge may be taken of; what exists only by file stays where it is."""
        titles = {str(row.fields["code"].value()): row for row in self.rows("charges")}
        others: list[tuple[str, Words]] = [
            (each, _title(titles[each]) if each in titles and each == name else name)
            for each, name in self.named
            if each != code
        ]
        if kind == PERCENT:
            others += [(b.value, word) for b, word in BESIDE.items() if b in OFTEN or b in chosen]
        return others

    def _row(self) -> Mapping[str, forms.Field]:
        return {
            "kind": hidden(),
            "place": hidden(),
            "code": hidden(),
            "when": hidden(),
            "name": text(gettext_lazy("Name on the bill")),
            "amount": number(gettext_lazy("Amount, or percentage")),
            "basis": choice(gettext_lazy("For"), BASES),
            "proration": choice(gettext_lazy("A part of that time is charged"), PRORATIONS),
            "purpose": choice(gettext_lazy("What it is"), PURPOSES),
            "of": forms.MultipleChoiceField(
                label=gettext_lazy("Of"),
                required=False,
                choices=self.named,
                widget=forms.CheckboxSelectMultiple,
            ),
            "tax_class": choice(gettext_lazy("Tax class"), class_choices(self.classes, None)),
        }


def _title(row: Row) -> str:
    """Return what a row is called that has no name yet, as its legend says."""
    kind = str(row.fields["kind"].value() or FIXED)
    return f"{row.number}. {TITLES.get(kind, TITLES[FIXED])}"


def _named(before: Mapping[str, Any], about: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return code and name of every charge of the tariff, the rate among them."""
    rows = typed.state_of({step: _plain(each) for step, each in before.items()}, about).rows
    return [
        (row.code, row.name or (_("Energy") if isinstance(row, Measure) else row.code))
        for row in rows
    ]


def _plain(sent: Any) -> dict[str, Any]:
    """Return what was sent as texts, of a request or of a draft."""
    return {name: sent.get(name) for name in sent}


def _new_code(kind: str, taken: set[str]) -> str:
    numbers = range(1, len(taken) + 2)
    return next(code for n in numbers if (code := f"{kind}-{n}") not in taken)
