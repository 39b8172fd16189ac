"""Taking a meter away."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.wizard import Answered, Fact, Refused, Step
from meters import operations
from meters.models import UsagePoint
from meters.wizards.deed import Deed


class Remove(Deed):
    """A meter goes, and its place stays without one."""

    key = "remove"
    about = gettext_lazy("Remove meter %(serial)s")
    submit = gettext_lazy("Remove the meter")
    warning = gettext_lazy(
        "Nothing measures this place from then on, until another meter is installed."
    )
    done = gettext_lazy("The meter is removed")

    @property
    def obstacle(self) -> str:
        return "" if self.installation else _("This meter hangs nowhere.")

    @property
    def steps(self) -> Sequence[Step]:
        return [
            Step(
                "when",
                _("When"),
                _("When was the meter removed?"),
                lambda answered, **options: self.when_form(
                    self.point(answered).location.zone,
                    self.channels,
                    not_before=list(self.since_last_reading()),
                    **options,
                ),
            ),
            Step(
                "final",
                _("Final reading"),
                _("What did the meter show then?"),
                self.closing_form,
                _("As the register shows it, without any multiplier."),
            ),
        ]

    def point(self, answered: Answered) -> UsagePoint:
        if self.installation is None:
            raise Refused(self.obstacle)
        return self.installation.usage_point

    def facts(self, answered: Answered) -> Sequence[Fact]:
        point = self.point(answered)
        return [
            Fact("", _("Meter"), self.meter.serial),
            Fact("", _("Place"), f"{point.code}, {point.location}"),
            *self.facts_of_when(answered),
            *self.facts_of_closing(answered),
        ]

    def act(self, answered: Answered) -> None:
        if self.installation is None:
            raise Refused(self.obstacle)
        operations.remove_meter(
            self.installation,
            at=answered["when"]["at"],
            closing=answered["final"]["base"],
            decided=answered["final"]["decided"],
            actor=self.actor,
        )
