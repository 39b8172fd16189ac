"""The wizard of plans: of a new one, and of what comes after the newest version of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Commodity, User, Utility
from core.wizard import CHECK, Answered, Draft, Fact, Refused, Step, Store, Wizard
from core.wizard.draft import save
from tariffs import engine, operations
from tariffs.authoring import PlanForm, plan_definition
from tariffs.authoring.plan_around import Around
from tariffs.authoring.plan_reading import loosely
from tariffs.authoring.plan_state import PlanBasics
from tariffs.differing import Change, summary
from tariffs.models import Plan, PlanVersion, TariffVersion, VersionState
from tariffs.plan_wizard import around as book
from tariffs.plan_wizard import begun, sample, told
from tariffs.plan_wizard.basics import BasicsForm
from tariffs.plan_wizard.categories import CategoriesForm
from tariffs.plan_wizard.charges import ChargesForm, made_for
from tariffs.plan_wizard.services import ServicesForm
from tariffs.plan_wizard.stepping import plan_of
from tariffs.plans.reading import MAX_SUMMARY


@dataclass(frozen=True)
class Conflict:
    """What somebody else did to the plan since the edit began."""

    theirs: PlanVersion
    changes: list[Change]


class SummaryForm(forms.Form):
    """What changed, in words that stay with the version."""

    change_summary = forms.CharField(
        label=gettext_lazy("What changed"),
        help_text=gettext_lazy("It stays with this version, and whoever approves it reads it."),
        widget=forms.Textarea({"rows": 3}),
        max_length=MAX_SUMMARY,
        error_messages={"required": gettext_lazy("Say in a sentence what this version changes.")},
    )


class PlanWizard(Wizard):
    """Four steps, then all answers with a summary of the change; kept as a draft of the plan."""

    submit = gettext_lazy("Save as a draft")
    check_template = "tariffs/plans/check.html"

    def __init__(
        self,
        store: Store,
        *,
        plan: Plan | None,
        utility: Utility,
        today: date,
        actor: User,
        added: str = "",
    ) -> None:
        super().__init__(store)
        self.plan, self.utility, self.today, self.actor = plan, utility, today, actor
        self.added = added  # code of a tariff that was made for this plan just now

    @property
    def title(self) -> str:
        return _("Change %(plan)s") % {"plan": self.plan} if self.plan else _("New plan")

    @property
    def steps(self) -> Sequence[Step]:
        return [
            Step(
                "basics",
                _("Basic details"),
                _("What is the plan, and when does it hold?"),
                self._basics,
                template="tariffs/plans/basics.html",
            ),
            Step(
                "categories",
                _("Consumer categories"),
                _("Who may have the plan?"),
                self._categories,
                template="tariffs/plans/categories.html",
            ),
            Step(
                "services",
                _("Utility services"),
                _("Which services does it price, and at which rates?"),
                self._services,
                template="tariffs/plans/services.html",
                part="tariffs/plans/_services.html",
            ),
            Step(
                "charges",
                _("Service charges"),
                _("What does the plan itself charge?"),
                self._charges,
                template="tariffs/plans/charges.html",
                part="tariffs/plans/_charges.html",
            ),
        ]

    def address(self, key: str = "") -> str:
        if self.plan is None:
            return reverse("tariffs:plan_new_step", args=[key]) if key else _new()
        code = self.plan.code
        if not key:
            return reverse("tariffs:plan_edit", args=[code])
        return reverse("tariffs:plan_edit_step", args=[code, key])

    @property
    def leave(self) -> str:
        return _page_of(self.plan.code) if self.plan else reverse("statements:price_plans")

    @property
    def outcome(self) -> str:
        done = self.store.read().get("done") or {}
        return _page_of(done["code"]) if done else self.leave

    def begun(self) -> Draft:
        version = begun.newest(self.plan) if self.plan else None
        return begun.draft_of(version, self.around) if version else Draft()

    def leads(self, key: str, act: str) -> str:
        """Lead to the wizard of tariffs, which comes back to this step."""
        verb, _space, commodity = act.partition(" ")
        if verb != "rate" or commodity not in Commodity.values:
            return ""
        typed = self.store.read()["typed"][key]
        asked = {
            "plan": self.plan.code if self.plan else "new",
            "service": commodity,
            "type": typed.get(f"kind-{commodity}", ""),
        }
        return f"{new_rate()}?{urlencode({name: said for name, said in asked.items() if said})}"

    def beside(self, key: str, draft: Draft) -> dict[str, Any]:
        if key == "services":
            answered = self.progress(draft).answered
            shown = self._services(answered, initial=draft.typed.get(key))
            return {"shown": shown, "can_add": bool(new_rate())}
        if key == "charges":
            return self._beside_charges(draft)
        return self._beside_check(draft) if key == CHECK else {}

    def facts(self, answered: Answered) -> Sequence[Fact]:
        return list(told.facts(plan_of(answered), self.around))

    def closing(self, answered: Answered, **options: Any) -> forms.Form:
        proposed = _("Initial plan creation")
        if stated := self._about.get("definition"):
            proposed = summary(self._changes(stated, plan_of(answered)))
        return SummaryForm(initial={"change_summary": proposed}, **options)

    def finish(self, answered: Answered) -> dict[str, Any]:
        said = plan_of(answered)
        stated = plan_definition(
            replace(said, change_summary=answered[CHECK]["change_summary"].strip())
        )
        try:
            version = self._stored(stated)
        except operations.VersionConflict as conflict:
            raise Refused(_conflict_words(conflict.theirs)) from conflict
        except (operations.NotImportable, operations.NotPossible) as refused:
            raise Refused(str(refused)) from refused
        except engine.TariffError as refused:
            raise Refused(str(refused)) from refused
        return {"code": version.plan.code, "number": version.number}

    def begin_from(self, number: int) -> bool:
        """Begin with the answers of an old version; not where a change is under way."""
        version = begun.newest(self.plan) if self.plan else None
        old = self.plan.versions.filter(number=number).first() if self.plan else None
        if version is None or old is None or self.store.read():
            return False
        save(self.store, begun.draft_of(version, self.around, old))
        return True

    def put_on_top(self) -> None:
        """Let the answers follow what somebody else did meanwhile."""
        version = begun.newest(self.plan) if self.plan else None
        kept = self.store.read()
        if version and kept:
            self.store.write({**kept, "about": begun.about(version)})

    @cached_property
    def around(self) -> Around:
        typed = self.store.read().get("typed", {}).get("basics", {})
        return book.around(today=self.today, but=self.plan, first_day=_day(typed.get("first_day")))

    @property
    def _about(self) -> dict[str, Any]:
        """Return which version the edit began with."""
        kept = self.store.read()
        found: dict[str, Any] = kept["about"] if kept else self.begun().about
        return found

    def _stored(self, stated: dict[str, Any]) -> PlanVersion:
        about = self._about
        seen = int(about.get("number", 0))
        held = self.plan.versions.filter(number=seen).first() if self.plan else None
        if held is None or held.state != VersionState.DRAFT:
            return operations.add_plan_version(stated, seen=seen, author=self.actor)
        operations.edit_plan(held, stated, seen=about["digest"], author=self.actor)
        return held

    def _basics(self, answered: Answered, **options: Any) -> BasicsForm:
        before = PlanForm(PlanBasics(currency=self.utility.currency))
        if self.plan:
            stated = self._about.get("definition", {})
            had = begun.plan_state_of(stated) if stated else before
            basics = replace(had.basics, code=self.plan.code)
            before = PlanForm(basics, areas=had.areas, beside=had.beside)
        return BasicsForm(around=self.around, before=before, is_new=not self.plan, **options)

    def _categories(self, answered: Answered, **options: Any) -> CategoriesForm:
        return CategoriesForm(around=self.around, before=plan_of(answered), **options)

    def _services(self, answered: Answered, **options: Any) -> ServicesForm:
        before = plan_of(
            {key: answered[key] for key in ("basics", "categories") if key in answered}
        )
        return ServicesForm(around=self.around, before=before, added=self.added, **options)

    def _charges(self, answered: Answered, **options: Any) -> ChargesForm:
        before = plan_of({key: said for key, said in answered.items() if key != "charges"})
        return made_for(before)(around=self.around, before=before, **options)

    def _beside_charges(self, draft: Draft) -> dict[str, Any]:
        typed = draft.typed.get("charges", {})
        form = self._charges(self.progress(draft).answered, initial=typed)
        plan = form.made({})
        return {
            "shown": form,
            "sample": sample.sample(plan, self.around, typed, self.utility.zone),
        }

    def _beside_check(self, draft: Draft) -> dict[str, Any]:
        answered = self.progress(draft).answered
        plan, about = plan_of(answered), draft.about
        typed = draft.typed.get("charges", {})
        stated = about.get("definition")
        return {
            "sample": sample.sample(plan, self.around, typed, self.utility.zone),
            "changes": self._changes(stated, plan) if stated else None,
            "conflict": self._conflict(about),
        }

    def _conflict(self, about: dict[str, Any]) -> Conflict | None:
        theirs = begun.newest(self.plan) if self.plan else None
        if theirs is None or (theirs.number, theirs.digest) == (
            about.get("number"),
            about.get("digest"),
        ):
            return None
        return Conflict(
            theirs, self._changes(about.get("definition", {}), loosely(theirs.definition))
        )

    def _changes(self, stated: dict[str, Any], plan: PlanForm) -> list[Change]:
        return told.changes(loosely(stated), plan, self.around)


def new_rate() -> str:
    """Return the address of the wizard of tariffs, if there is one."""
    try:
        return reverse("tariffs:new")
    except NoReverseMatch:
        return ""


def _new() -> str:
    return reverse("tariffs:plan_new")


def _page_of(code: str) -> str:
    return reverse("statements:price_plan", args=[code])


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _conflict_words(theirs: PlanVersion | TariffVersion) -> str:
    who = theirs.author.get_full_name() if theirs.author else _("Our system")
    words = {"version": theirs, "who": who}
    return _("%(version)s was changed by %(who)s while you worked on it.") % words
