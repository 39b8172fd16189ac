"""What a rule finds: why, by which numbers, of what, with which effect, and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tariffs.models import Plan, Tariff

LONGEST = 255  # characters of a key


class Code(TextChoices):
    """The rules."""

    UNUSED_TARIFF = "unused_tariff", _("Tariff in no plan")
    NEAR_DUPLICATE = "near_duplicate", _("Tariffs with equal prices")
    UNREACHED_SLAB = "unreached_slab", _("Slab that nobody reaches")
    CHEAPER_PLAN = "cheaper_plan", _("Customers who would pay less on another plan")
    NO_SUCCESSOR = "no_successor", _("End without a successor")
    NAMES = "names", _("Names that differ only in how they are written")


@dataclass(frozen=True)
class Suggestion:
    """One thing to look at; it never acts by itself."""

    code: Code
    objects: tuple[Plan | Tariff, ...]
    evidence: Mapping[str, int]  # counts by name
    why: str
    effect: str
    act: str
    agreements: tuple[int, ...] = ()  # of the customers that it is about, where it names some
    detail: str = ""  # of the one object, where it may have several suggestions of the code

    @property
    def object_key(self) -> str:
        """Names what it is about: the same for the same finding on any day."""
        named = [f"{each._meta.model_name}:{each.pk}" for each in self.objects]
        text = " ".join([*sorted(named), *([self.detail] if self.detail else [])])
        return text if len(text) <= LONGEST else hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Lacking:
    """A rule that could not look at everything, and why."""

    code: Code
    count: int  # of what it could not look at
    why: str


@dataclass
class Found:
    """What rules found, and what they could not tell."""

    suggestions: list[Suggestion] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)
    dismissed: list[Suggestion] = field(default_factory=list)
