"""The wizard of tariffs: a new one, or the next version of one there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User, Utility
from core.periods import local_date
from core.wizard import CHECK, Answered, Draft, Fact, Refused, Step, Store, Wizard
from tariffs import authoring, differing, engine, operations, queries
from tariffs.authoring.state import TariffForm
from tariffs.engine import examples
from tariffs.models import Tariff, TariffVersion
from tariffs.told_errors import failures
from tariffs.wizard import begin, facts, panel, typed
from tariffs.wizard.coming import Coming
from tariffs.wizard.forms.basics import BasicsForm
from tariffs.wizard.forms.charges import ChargesForm
from tariffs.wizard.forms.closing import REVIEW, ClosingForm
from tariffs.wizard.forms.kind import KindForm
from tariffs.wizard.forms.preview import PreviewForm
from tariffs.wizard.forms.rates import FORMS
from tariffs.wizard.preview import month_of

PART = "tariffs/wizard/_beside.html"
LARGEST = 200_000  # characters of a draft: sixty rows in each list, and what was there before
CANNOT = (engine.TariffError, operations.NotImportable, operations.NotPossible)
NEW = "new"


class TariffWizard(Wizard):
    """Writes one draft of a tariff.

    :param version: the newest of the tariff that is edited; none: a new tariff
    :param now: business time; `real_now` is for the notes of when something was saved
    """

    submit = gettext_lazy("Save")
    check_template = "tariffs/wizard/check.html"

    def __init__(
        self,
        store: Store,
        *,
        actor: User,
        house: Utility,
        now: datetime,
        real_now: datetime,
        tariff: Tariff | None = None,
        coming: Coming,
    ) -> None:
        super().__init__(store)
        self.actor, self.house, self.now, self.real_now = actor, house, now, real_now
        self.tariff, self.coming = tariff, coming
        self.saved: TariffVersion | None = None

    @property
    def title(self) -> str:
        """What is written."""
        return _("Edit %s") % self.tariff if self.tariff else _("New tariff")

    @cached_property
    def today(self) -> date:
        return local_date(self.now, self.house.zone)

    @cached_property
    def newest(self) -> TariffVersion | None:
        return queries.newest_version(self.tariff) if self.tariff else None

    @cached_property
    def current(self) -> TariffVersion | None:
        """The version that the preview is compared with."""
        return queries.version_on(self.tariff, self.today) if self.tariff else None

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What was noted when this go began; read once, for it stays as it is."""
        kept = self.store.read()
        draft = Draft(**kept) if kept and not kept.get("done") else self.begun()
        base = draft.about.get("base", {}).get(typed.BASICS, {})
        return {**draft.about, "today": self.today, "began": base.get("first_day", "")}

    @property
    def steps(self) -> Sequence[Step]:
        made = partial(Step, part=PART)
        steps = [
            (typed.BASICS, _("Basics"), _("What is the tariff, and for whom?"), "", self._basics),
            (typed.TYPE, _("Rate type"), _("What kind of rate is it?"), "", self._type),
            (typed.RATES, _("Rates"), _("What does it cost?"), "", self._rates),
            (typed.CHARGES, _("Charges"), _("What else stands on the bill?"), "", self._charges),
            (typed.PREVIEW, _("Preview"), _("Is this what you mean?"), "", self._preview),
        ]
        return [
            made(key, word, question, form, about, template=f"tariffs/wizard/{key}.html")
            for key, word, question, about, form in steps
        ]

    def address(self, key: str = "") -> str:
        name, args = ("edit", [self.tariff.code]) if self.tariff else (NEW, [])
        if key:
            name, args = f"{name}_step", [*args, key]
        path = reverse(f"tariffs:{name}", args=args)
        query = urlencode(self.coming.query)
        return f"{path}?{query}" if query else path

    @property
    def leave(self) -> str:
        if self.tariff:
            return reverse("statements:price_tariff", args=[self.tariff.code])
        return self.coming.address() or reverse("statements:price_tariffs")

    @property
    def outcome(self) -> str:
        """The page of the plan that asked for it, or of the tariff."""
        done = self.store.read().get("done") or {}
        return self.coming.address(added=done.get("code", "")) or done.get("address", self.leave)

    def begun(self) -> Draft:
        if self.newest:
            return begin.from_version(self.newest, self.today)
        return begin.blank(self.house, service=self.coming.service, kind=self.coming.kind)

    def onward(self, key: str, draft: Draft) -> str:
        """Lead through what a template or a version answered, as long as it was not looked at."""
        keys = [step.key for step in self.steps]
        later = keys[keys.index(key) + 1 :]
        return next((step for step in later if step not in draft.marks), "")

    def state(self, answered: Mapping[str, Any]) -> TariffForm:
        return typed.state_of(answered, self.about)

    def definition(self, answered: Mapping[str, Any], summary: str) -> dict[str, Any]:
        """Return the tariff as it will be stored, with the worked bills that it came with."""
        stated = authoring.definition(self.state(answered))
        kept = self.about.get("examples", [])
        if kept and answered.get(typed.PREVIEW, {}).get("keep", "yes") == "yes":
            stated["examples"] = [*stated.get("examples", []), *kept]
        return {**stated, "change_summary": summary}

    def differences(self, answered: Mapping[str, Any]) -> list[authoring.Difference]:
        """Return what is not as in the version that was edited."""
        if self.newest is None:
            return []
        return authoring.differences(self.newest.definition, self.definition(answered, ""))

    def facts(self, answered: Answered) -> Sequence[Fact]:
        return facts.facts(self.state(answered))

    def closing(self, answered: Answered, **options: Any) -> forms.Form:
        return ClosingForm(initial={"summary": self._summary(answered)}, **options)

    def beside(self, key: str, draft: Draft) -> dict[str, Any]:
        return panel.panel(self, key, draft.typed)

    def finish(self, answered: Answered) -> dict[str, Any]:
        asked = answered[CHECK]
        stated = self.definition(answered, asked["summary"])
        if self.newest and not self.about.get("is_draft") and not self.differences(answered):
            raise Refused(_("Nothing differs from version %s.") % self.newest.number)
        try:
            self.saved = self._store(stated)
            if asked["after"] == REVIEW:
                self._refuse_failing(stated)
                operations.ask_for_review(
                    self.saved, requested_by=self.actor, at=self.now, real_now=self.real_now
                )
        except CANNOT as error:
            raise Refused(str(error)) from error
        self.saved.refresh_from_db()
        return {"code": stated["code"], "address": panel.address_of(self.saved)}

    def _summary(self, answered: Answered) -> str:
        """Propose what changed: since the version before, also where its draft is changed."""
        if self.newest is None:
            return _("First version")
        earlier = queries.version_before(self.newest) if self.about.get("is_draft") else self.newest
        if earlier is None:
            return self.newest.change_summary
        stated = self.definition(answered, "")
        return differing.summary(
            differing.changes(authoring.differences(earlier.definition, stated))
        )

    def _store(self, stated: Mapping[str, Any]) -> TariffVersion:
        """Store it as a draft.

        :raises operations.VersionConflict: if somebody else wrote to this tariff meanwhile
        """
        about = self.about
        if about.get("is_draft") and self.newest and self.newest.number == about["number"]:
            operations.edit_tariff(self.newest, stated, seen=about["digest"], author=self.actor)
            return self.newest
        seen = about.get("number", 0)
        return operations.add_tariff_version(stated, seen=seen, author=self.actor)

    def _refuse_failing(self, stated: Mapping[str, Any]) -> None:
        failing = examples.failures(engine.parse(stated))
        if failing:
            raise Refused(_("A bill worked by hand does not come out: %s") % failures(failing))

    def _before(self, answered: Answered) -> dict[str, Any]:
        return {"before": answered, "about": self.about}

    def _basics(self, answered: Answered, **options: Any) -> forms.Form:
        return BasicsForm(**self._before(answered), **options)

    def _type(self, answered: Answered, **options: Any) -> forms.Form:
        return KindForm(**self._before(answered), **options)

    def _rates(self, answered: Answered, **options: Any) -> forms.Form:
        form = FORMS[answered[typed.TYPE]["rate_type"]]
        return form(classes=self._classes, **self._before(answered), **options)

    def _charges(self, answered: Answered, **options: Any) -> forms.Form:
        return ChargesForm(classes=self._classes, **self._before(answered), **options)

    def _preview(self, answered: Answered, **options: Any) -> forms.Form:
        month = month_of(self.state(answered))
        return PreviewForm(month=month, **self._before(answered), **options)

    @cached_property
    def _classes(self) -> list[str]:
        return queries.tax_classes()
