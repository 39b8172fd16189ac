"""What installing, removing and exchanging have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from core.periods import local_date
from core.wizard import Answered, Fact, Refused, Store, Wizard, Words
from meters import hanging, operations, units
from meters.models import Channel, Meter, MeterInstallation, UsagePoint
from meters.operations.accept import places_of
from meters.wizards.reads import ClosingForm, OpeningForm
from meters.wizards.when import WhenForm

CANNOT = (
    operations.MissingRead,
    operations.NotOnBoundary,
    operations.NotHanging,
    operations.ReadBefore,
    operations.MeasuredBefore,
)


class Deed(Wizard):
    """One deed with one meter, by one employee.

    :param now: business time
    """

    key: str  # in the address
    about: Words  # the act, with a place for the serial number
    done: Words  # what is said when it is done

    def __init__(self, store: Store, meter: Meter, *, actor: User, now: datetime) -> None:
        super().__init__(store)
        self.meter, self.actor, self.now = meter, actor, now

    @property
    def title(self) -> str:
        """The act, naming the meter."""
        return self.about % {"serial": self.meter.serial}

    @property
    @abstractmethod
    def obstacle(self) -> str:
        """Why the deed cannot even begin, or nothing."""

    @abstractmethod
    def act(self, answered: Answered) -> None:
        """Call the operation of this deed."""

    @abstractmethod
    def point(self, answered: Answered) -> UsagePoint:
        """Return the place that it is about."""

    def address(self, key: str = "") -> str:
        if not key:
            return reverse("meters:work", args=[self.meter.serial, self.key])
        return reverse("meters:work_step", args=[self.meter.serial, self.key, key])

    @property
    def leave(self) -> str:
        return reverse("reports:manage_meter", args=[self.meter.serial])

    @property
    def outcome(self) -> str:
        return reverse("meters:work_done", args=[self.meter.serial, self.key])

    @cached_property
    def installation(self) -> MeterInstallation | None:
        return hanging.installation_of(self.meter)

    @cached_property
    def channels(self) -> list[Channel]:
        return channels_of(self.meter)

    @cached_property
    def last(self) -> Mapping[str, Any]:
        return hanging.last_counters(self.meter)

    def finish(self, answered: Answered) -> dict[str, Any]:
        try:
            with transaction.atomic():
                self.act(answered)
        except CANNOT as error:
            raise Refused(str(error)) from error
        except IntegrityError as error:
            raise Refused(
                _("Another installation of this meter or of this place lies in that time.")
            ) from error
        facts = [fact for fact in self.facts(answered) if fact.step]
        return {"facts": [[str(fact.word), str(fact.value)] for fact in facts]}

    def when_form(self, zone: ZoneInfo, channels: Sequence[Channel], **options: Any) -> WhenForm:
        today = {"day": local_date(self.now, zone)}
        options["initial"] = {**today, **(options.get("initial") or {})}
        return WhenForm(zone=zone, now=self.now, channels=channels, **options)

    def closing_form(self, answered: Answered, **options: Any) -> forms.Form:
        zone = self.point(answered).location.zone
        places = places_of({self.meter.pk})[self.meter.pk]
        return ClosingForm(
            channels=self.channels,
            at=answered["when"]["at"],
            zone=zone,
            last=self.last,
            bounds={quantity: place.bounds for quantity, place in places.items()},
            **options,
        )

    def since_last_reading(self) -> Iterator[tuple[datetime, str]]:
        """Yield why a removal cannot lie before something, for each such thing."""
        if self.installation is None:
            return
        zone = self.installation.usage_point.location.zone
        begun = self.installation.starts_at + timedelta(seconds=1)
        yield begun, _("The meter was installed later than that.")
        for counter in self.last.values():
            yield (
                counter.read_at,
                _("The meter was still read at %(moment)s.")
                % {"moment": formats.moment(counter.read_at, zone)},
            )

    def facts_of_when(self, answered: Answered) -> Iterator[Fact]:
        point = self.point(answered)
        moment = formats.moment(answered["when"]["at"], point.location.zone)
        yield Fact("when", _("Day and time"), moment)

    def facts_of_closing(self, answered: Answered) -> Iterator[Fact]:
        """Yield the final reads, and what passed since the last reading of each register."""
        for channel in self.channels:
            value = answered["final"]["base"][channel.quantity]
            yield Fact("final", _word(_("Final reading: %s"), channel), register(channel, value))
            last = self.last.get(channel.quantity)
            if last and value >= last.value:
                passed = units.told(value - last.value, channel.unit)
                yield Fact("", _word(_("Since its last reading: %s"), channel), passed)
        if answered["final"]["decided"]:
            yield Fact("final", _("Doubted by the rules"), _("Confirmed by you"))


def channels_of(meter: Meter) -> list[Channel]:
    return list(meter.channels.order_by("id"))


def opening_form(meter: Meter, **options: Any) -> OpeningForm:
    """Return the form of the first reads; only a meter that never hung gets a multiplier."""
    return OpeningForm(
        channels=channels_of(meter), may_multiply=not meter.installations.exists(), **options
    )


def facts_of_opening(meter: Meter, answered: Answered) -> Iterator[Fact]:
    first = answered["first"]
    for channel in channels_of(meter):
        channel.multiplier = first["multipliers"][channel.quantity]
        shown = register(channel, first["base"][channel.quantity])
        yield Fact("first", _word(_("First reading: %s"), channel), shown)
        if channel.multiplier > 1:
            yield Fact("first", _word(_("Multiplier: %s"), channel), channel.multiplier)


def register(channel: Channel, value: int) -> str:
    """Return what a register shows for base units: 1,234.5 kWh."""
    unit = formats.unit_name(units.displayed_unit(channel.unit))
    return f"{formats.number(units.shown(value, channel.multiplier))} {unit}"


def _word(sentence: str, channel: Channel) -> str:
    return sentence % channel.get_quantity_display()
