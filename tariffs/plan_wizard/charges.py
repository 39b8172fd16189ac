"""Step 4: charges of the plan itself, common to all services or of one; and a sample bill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Commodity
from core import formats
from core.offering import offer
from core.wizard import Rows, RowsForm
from core.wizard.draft import Typed
from core.wizard.rows import laid_out
from tariffs.authoring import Check, PlanForm
from tariffs.authoring.found import PlanStep
from tariffs.authoring.plan_form import coded
from tariffs.authoring.plan_state import IN_HOURS, PERCENT, PlanCharge
from tariffs.engine.choices import Beside
from tariffs.engine.measures import MEASURED_UNITS
from tariffs.plan_wizard import sample
from tariffs.plan_wizard.stepping import StepForm
from tariffs.plans import ChargeKind

KINDS = (
    (ChargeKind.FIXED.value, _("Fixed: on each bill")),
    (ChargeKind.VARIABLE.value, _("Variable: hours or percentage")),
    (ChargeKind.CONSUMPTION.value, _("Consumption-based: per unit")),
)
HOWS = (
    (IN_HOURS, _("Money per unit in some hours")),
    (PERCENT, _("Percentage of charges")),
)
DAYS = (("all", _("Every day")), ("weekday", _("Monday to Friday")), ("weekend", _("Weekends")))
OF = (
    (Beside.ALL.value, _("All charges")),
    (Beside.ENERGY.value, _("Charges for use")),
    (Beside.FIXED.value, _("Fixed charges")),
    (Beside.DEMAND.value, _("Demand charges")),
    (Beside.CREDIT.value, _("Credits")),
)
USUAL_UNIT = {"electricity": "kWh", "water": "m3", "gas": "therm", "sewer": "m3", "waste": "kWh"}
CARRIED = ("basis", "proration", "tax_class")


def _fields(services: Sequence[str]) -> dict[str, forms.Field]:
    scopes = [("", _("All services: a common charge"))]
    scopes += [(each, Commodity(each).label) for each in services]
    units = [("", _("the usual unit")), *((u, formats.unit_name(u)) for u in MEASURED_UNITS)]
    return {
        "code": _hidden(),
        "name": forms.CharField(label=_("Name"), required=False),
        "scope": forms.ChoiceField(label=_("It belongs to"), choices=scopes, required=False),
        "kind": forms.ChoiceField(label=_("Charge type"), choices=KINDS, required=False),
        "how": forms.ChoiceField(label=_("How it is taken"), choices=HOWS, required=False),
        "amount": forms.CharField(
            label=_("Rate amount"),
            required=False,
            widget=forms.TextInput({"inputmode": "decimal"}),
        ),
        "unit": forms.ChoiceField(label=_("For each"), choices=units, required=False),
        "hours": forms.CharField(
            label=_("Hours"),
            help_text=_("For example 16:00-20:00. Several: 07:00-10:00, 17:00-20:00."),
            required=False,
        ),
        "days": forms.ChoiceField(label=_("Days"), choices=DAYS, required=False),
        "of": forms.MultipleChoiceField(
            label=_("Percentage of"),
            choices=OF,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        **{name: _hidden() for name in (*CARRIED, "when")},
    }


def _hidden() -> forms.Field:
    return forms.CharField(required=False, widget=forms.HiddenInput)


class ChargesForm(StepForm, RowsForm):
    """Rows of charges; `made_for` gives them the services of the plan."""

    step = PlanStep.CHARGES

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = self.typed_rows()
        for i, _row in enumerate(rows):
            own = [(row.code, row.name) for row in rows[:i] if row.commodity and row.name]
            offer(self, f"charges-{i}-of", [*OF, *own])
        self.asked = dict(sample.fields(self.made({}), self.around))
        self.fields |= self.asked
        usual = {name: field.initial for name, field in self.asked.items()}
        asked = {name: said for name, said in usual.items() if not self.initial.get(name)}
        self.initial = {**self.initial, **asked}

    @property
    def sample_fields(self) -> list[forms.BoundField]:
        """What the sample bill asks."""
        return [self[name] for name in self.asked]

    def typed_rows(self) -> tuple[PlanCharge, ...]:
        """Return the charges as they are typed, right or wrong."""
        source = self.source
        several = getattr(source, "getlist", None)
        rows = []
        for i in range(self.counts["charges"]):
            row = {
                name: source.get(f"charges-{i}-{name}") or ""
                for name in _fields(())
                if name != "of"
            }
            key = f"charges-{i}-of"
            of = several(key) if several else source.get(key) or []
            rows.append(charge(row, [of] if isinstance(of, str) else of))
        return coded(rows)

    def edited(self, act: str, typed: Typed) -> Typed:
        """Give charges codes and units before a button is followed: others may name them then."""
        rows = list(enumerate(self.typed_rows()))
        codes = {f"charges-{i}-code": row.code for i, row in rows if row.name}
        units = {f"charges-{i}-unit": row.unit for i, row in rows if row.unit}
        return super().edited(act, {**typed, **codes, **units})

    def made(self, values: Mapping[str, Any]) -> PlanForm:
        return replace(self.before, charges=self.typed_rows())

    def worded(self, check: Check) -> str:
        place = check.field.removeprefix("charges[").partition("]")[0]
        if not place.isdecimal():
            return super().worded(check)
        told = {"number": int(place) + 1, "problem": super().worded(check)}
        return gettext("Charge %(number)s: %(problem)s") % told

    def named(self, field: str) -> str | None:
        place, _dot, part = field.removeprefix("charges[").partition("].")
        name = f"charges-{place}-{'scope' if part == 'commodity' else part}"
        return name if name in self.fields else None


def made_for(before: PlanForm) -> type[ChargesForm]:
    """Return the form whose charges may belong to the services of this plan."""
    services = [row.commodity for row in before.services]

    class Made(ChargesForm):
        lists = (Rows("charges", lambda: _fields(services), first=0),)

    return Made


def charge(row: Mapping[str, str], of: Sequence[str]) -> PlanCharge:
    """Return the charge that fields make; what its type does not ask is left out."""
    kind = row["kind"] or ChargeKind.FIXED.value
    how = row["how"] or IN_HOURS
    is_percent = kind == ChargeKind.VARIABLE and how == PERCENT
    is_per_unit = kind != ChargeKind.FIXED and not is_percent
    in_hours = kind == ChargeKind.VARIABLE and not is_percent
    plain = PlanCharge()
    return PlanCharge(
        code=row["code"],
        name=row["name"].strip(),
        kind=kind,
        commodity=row["scope"],
        amount=row["amount"].strip(),
        how=how,
        of=tuple(of) if is_percent else (),
        unit=(row["unit"] or USUAL_UNIT.get(row["scope"], "")) if is_per_unit else "",
        hours=row["hours"] if in_hours else "",
        days=(row["days"] or plain.days) if in_hours else plain.days,
        basis=row["basis"] or plain.basis,
        proration=row["proration"] or plain.proration,
        tax_class=row["tax_class"] or plain.tax_class,
        when=tuple(row["when"].split()),
    )


def typed(rows: Sequence[PlanCharge]) -> dict[str, str | list[str]]:
    """Return the fields that make these charges."""
    asked = ("code", "name", "kind", "amount", "how", "unit", "hours", "days", *CARRIED)
    return laid_out(
        "charges",
        [
            {
                **{name: str(getattr(row, name)) for name in asked},
                "scope": row.commodity,
                "of": list(row.of),
                "when": " ".join(row.when),
            }
            for row in rows
        ],
    )
