"""What the price book holds already, read in a few queries, and grown by each entry of a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from accounts.models import ConsumerCategory, ServiceArea
from tariffs.exchange.entries import Definition, Entry, Kind
from tariffs.exchange.meaning import meaning
from tariffs.models import EligibilityKey, Plan, PlanVersion, Tariff, TariffVersion, VersionState

Served = tuple[date, date | None, str, str]  # first day, first day without, code, name
Place = tuple[int, int | None]  # pk, pk of what it lies in


@dataclass
class Family:
    """A tariff or plan that is known under a code."""

    code: str
    name: str
    commodity: str = ""
    role: str = Tariff.Role.OFFERED
    newest: int = 0
    said: dict[str, int] = field(default_factory=dict)  # meaning of a version: its number
    is_in_file: bool = False  # and not yet in the book


@dataclass
class Book:
    """Families by code, whoever has a name, where people live, and who is served when."""

    families: dict[tuple[Kind, str], Family]
    names: dict[tuple[Kind, str], str]  # in small letters: code
    categories: dict[str, Place]
    areas: dict[str, dict[str, Place]]  # by commodity
    served: dict[str, list[Served]]

    def family(self, kind: Kind, code: str) -> Family | None:
        """Return what has this code; short names of plans are the same in any case."""
        return self.families.get((kind, _folded(kind, code)))

    def add(self, kind: Kind, family: Family) -> None:
        """Remember a family, and its name if it is one that must be its own."""
        self.families[kind, _folded(kind, family.code)] = family
        if family.role == Tariff.Role.OFFERED:
            self.names[kind, family.name.lower()] = family.code

    def owner(self, kind: Kind, name: str) -> str | None:
        """Return the code of what has this name."""
        return self.names.get((kind, name.strip().lower()))


def load(entries: Sequence[Entry]) -> Book:
    """Read what the entries can meet."""
    areas: dict[str, dict[str, Place]] = {}
    for pk, code, parent, commodity in ServiceArea.objects.values_list(
        "pk", "code", "parent_id", "commodity"
    ):
        areas.setdefault(commodity, {})[code] = (pk, parent)
    categories = ConsumerCategory.objects.values_list("code", "pk", "parent_id")
    book = Book({}, {}, {code: (pk, up) for code, pk, up in categories}, areas, _served())
    _add_tariffs(book, {entry.code for entry in entries if entry.kind is Kind.TARIFF})
    _add_plans(book, {entry.code.lower() for entry in entries if entry.kind is Kind.PLAN})
    return book


def _folded(kind: Kind, code: str) -> str:
    return code.lower() if kind is Kind.PLAN else code


def _add_tariffs(book: Book, codes: Iterable[str]) -> None:
    for code, name, commodity, role in Tariff.objects.values_list(
        "code", "name", "commodity", "role"
    ):
        book.add(Kind.TARIFF, Family(code, name, commodity, role))
    versions = TariffVersion.objects.filter(tariff__code__in=list(codes))
    rows = versions.values_list("tariff__code", "number", "state", "definition")
    for code, number, state, definition in rows.iterator():
        _add_version(book.family(Kind.TARIFF, code), number, state, definition)


def _add_plans(book: Book, codes: set[str]) -> None:
    for code, name in Plan.objects.values_list("code", "name"):
        book.add(Kind.PLAN, Family(code, name))
    if not codes:
        return
    rows = PlanVersion.objects.values_list("plan__code", "number", "state", "definition")
    for code, number, state, definition in rows.iterator():
        if code.lower() in codes:
            _add_version(book.family(Kind.PLAN, code), number, state, definition)


def _add_version(family: Family | None, number: int, state: str, definition: Definition) -> None:
    """Let the book know what a version says; one that was withdrawn may be brought in again."""
    if family is None:
        return
    family.newest = max(family.newest, number)
    if state != VersionState.WITHDRAWN:
        said = meaning(definition)
        family.said[said] = max(family.said.get(said, 0), number)


def _served() -> dict[str, list[Served]]:
    """Return who is served when; by rate type alone where the rule is strict."""
    found: dict[str, list[Served]] = {}
    rows = EligibilityKey.objects.order_by("version_id", "pk").values_list(
        "key", "starts_on", "ends_on", "version__tariff__code", "version__tariff__name"
    )
    for key, starts_on, ends_on, code, name in rows:
        times = found.setdefault(served_key(key), [])
        if (served := (starts_on, ends_on, code, name)) not in times[-1:]:
            times.append(served)
    return found


def served_key(key: str) -> str:
    """Return what two tariffs may not share on a day: the key, or only its first two parts."""
    return "/".join(key.split("/")[:2]) if settings.TARIFF_OVERLAP_STRICT else key
