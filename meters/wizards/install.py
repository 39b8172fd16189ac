"""Hanging a meter where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.wizard import Answered, Fact, Step
from meters import hanging, operations
from meters.models import UsagePoint
from meters.wizards.deed import Deed, facts_of_opening, opening_form
from meters.wizards.which import PlaceForm


class Install(Deed):
    """A meter comes to a place without one."""

    key = "install"
    about = gettext_lazy("Install meter %(serial)s")
    submit = gettext_lazy("Install the meter")
    done = gettext_lazy("The meter is installed")

    @property
    def obstacle(self) -> str:
        if self.installation:
            code = self.installation.usage_point.code
            return _("This meter hangs at %(point)s already.") % {"point": code}
        return "" if self.channels else _("This meter has no register yet: add its channels first.")

    @property
    def steps(self) -> Sequence[Step]:
        return [
            Step(
                "place",
                _("Place"),
                _("Where is the meter installed?"),
                lambda answered, **options: PlaceForm(meter=self.meter, **options),
            ),
            Step(
                "when",
                _("When"),
                _("When was the meter installed?"),
                lambda answered, **options: self.when_form(
                    self.point(answered).location.zone,
                    self.channels,
                    not_before=self._taken(answered),
                    **options,
                ),
            ),
            Step(
                "first",
                _("First reading"),
                _("What did the meter show then?"),
                lambda answered, **options: opening_form(self.meter, **options),
                _("As the register shows it, without any multiplier."),
            ),
        ]

    def point(self, answered: Answered) -> UsagePoint:
        found: UsagePoint = answered["place"]["point"]
        return found

    def facts(self, answered: Answered) -> Sequence[Fact]:
        point = self.point(answered)
        return [
            Fact("", _("Meter"), self.meter.serial),
            Fact("place", _("Place"), f"{point.code}, {point.location}"),
            *self.facts_of_when(answered),
            *facts_of_opening(self.meter, answered),
        ]

    def act(self, answered: Answered) -> None:
        operations.install_meter(
            self.meter,
            self.point(answered),
            at=answered["when"]["at"],
            opening=answered["first"]["base"],
            multipliers=answered["first"]["multipliers"],
            actor=self.actor,
        )

    def _taken(self, answered: Answered) -> list[tuple[datetime, str]]:
        until = hanging.free_from(self.meter, self.point(answered))
        return [(until, _("The meter or the place was taken then."))] if until else []
