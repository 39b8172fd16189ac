"""Putting a new meter in the place of an old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.wizard import Answered, Fact, Refused, Step
from meters import hanging, operations
from meters.models import Meter, UsagePoint
from meters.wizards.deed import Deed, channels_of, facts_of_opening, opening_form
from meters.wizards.which import NewMeterForm


class Exchange(Deed):
    """One meter goes and another comes, at one moment: what was used stays whole."""

    key = "exchange"
    about = gettext_lazy("Exchange meter %(serial)s")
    submit = gettext_lazy("Exchange the meter")
    done = gettext_lazy("The meter is exchanged")

    @property
    def obstacle(self) -> str:
        return "" if self.installation else _("This meter hangs nowhere.")

    @property
    def steps(self) -> Sequence[Step]:
        as_shown = _("As the register shows it, without any multiplier.")
        return [
            Step(
                "meter",
                _("New meter"),
                _("Which meter comes in its place?"),
                lambda answered, **options: NewMeterForm(old=self.meter, **options),
            ),
            Step(
                "when",
                _("When"),
                _("When were the meters exchanged?"),
                lambda answered, **options: self.when_form(
                    self.point(answered).location.zone,
                    [*self.channels, *channels_of(_new(answered))],
                    not_before=[*self.since_last_reading(), *self._taken(answered)],
                    **options,
                ),
            ),
            Step(
                "final",
                _("Final reading"),
                _("What did the old meter show then?"),
                self.closing_form,
                as_shown,
            ),
            Step(
                "first",
                _("First reading"),
                _("What did the new meter show then?"),
                lambda answered, **options: opening_form(_new(answered), **options),
                as_shown,
            ),
        ]

    def point(self, answered: Answered) -> UsagePoint:
        if self.installation is None:
            raise Refused(self.obstacle)
        return self.installation.usage_point

    def facts(self, answered: Answered) -> Sequence[Fact]:
        point, new = self.point(answered), _new(answered)
        return [
            Fact("", _("Old meter"), self.meter.serial),
            Fact("", _("Place"), f"{point.code}, {point.location}"),
            Fact("meter", _("New meter"), new.serial),
            *self.facts_of_when(answered),
            *self.facts_of_closing(answered),
            *facts_of_opening(new, answered),
        ]

    def act(self, answered: Answered) -> None:
        if self.installation is None:
            raise Refused(self.obstacle)
        operations.exchange_meter(
            self.installation,
            _new(answered),
            at=answered["when"]["at"],
            closing=answered["final"]["base"],
            opening=answered["first"]["base"],
            multipliers=answered["first"]["multipliers"],
            decided=answered["final"]["decided"],
            actor=self.actor,
        )

    def _taken(self, answered: Answered) -> list[tuple[datetime, str]]:
        until = hanging.free_from(_new(answered), None)
        return [(until, _("The new meter hung elsewhere then."))] if until else []


def _new(answered: Answered) -> Meter:
    found: Meter = answered["meter"]["serial"]
    return found
