"""Tells what each entry of a file would do, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tariffs import engine, plans
from tariffs.exchange import serving
from tariffs.exchange.book import Book, Family, load
from tariffs.exchange.entries import Entry, Fault, Kind
from tariffs.exchange.meaning import meaning
from tariffs.models import Tariff


class Outcome(models.TextChoices):
    """What comes of an entry."""

    NEW = "new", gettext_lazy("New")
    NEW_VERSION = "new_version", gettext_lazy("New version")
    UNCHANGED = "unchanged", gettext_lazy("Unchanged")
    ERROR = "error", gettext_lazy("Error")


@dataclass(frozen=True)
class Previewed:
    """An entry and what bringing it in would do."""

    entry: Entry
    outcome: Outcome
    number: int | None = None  # of the version that is made, or that says the same
    starts_on: date | None = None
    is_back_dated: bool = False
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()  # what publishing would refuse

    @property
    def is_good(self) -> bool:
        """Whether it can be brought in, or is there already."""
        return self.outcome is not Outcome.ERROR

    @property
    def is_to_write(self) -> bool:
        """Whether bringing it in makes a draft."""
        return self.outcome in (Outcome.NEW, Outcome.NEW_VERSION)


def preview(
    entries: Sequence[Entry], *, today: date, may_back_date: bool = False
) -> list[Previewed]:
    """Return what each entry would do, in the order of the file; the number of queries is fixed.

    Plans may name tariffs that stand anywhere in the same file.

    :param may_back_date: whether prices may start before today; else that is an error
    """
    judge = _Judge(load(entries), today, may_back_date)
    judged: dict[int, Previewed] = {}
    for kind in (Kind.TARIFF, Kind.PLAN):
        judged |= {
            place: judge.judged(entry) for place, entry in enumerate(entries) if entry.kind is kind
        }
    return [judged[place] for place in range(len(entries))]


class _Wrong(Exception):
    """An entry that cannot be brought in: the path in its definition, and why."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(words)
        self.path = path


class _Judge:
    """Judges entries one after the other against the book and those before."""

    def __init__(self, book: Book, today: date, may_back_date: bool) -> None:
        self.book = book
        self.today = today
        self.may_back_date = may_back_date

    def judged(self, entry: Entry) -> Previewed:
        """Judge an entry, and let the book know it if it is good."""
        if entry.faults:
            return Previewed(entry, Outcome.ERROR, faults=entry.faults)
        try:
            return self._plan(entry) if entry.kind is Kind.PLAN else self._tariff(entry)
        except engine.TariffError as error:
            return _refused(entry, error.path, error.message)
        except serving.Unknown as error:
            return _refused(entry, error.path, str(error))
        except _Wrong as error:
            return _refused(entry, error.path, str(error))

    def _tariff(self, entry: Entry) -> Previewed:
        parsed = engine.parse(entry.definition)
        family = self.book.family(Kind.TARIFF, parsed.code)
        if same := _same(entry, family, parsed.starts_on):
            return same
        if family is not None:
            _refuse_another(family, parsed)
        self._refuse_taken(Kind.TARIFF, parsed.name, parsed.code)
        own_keys = serving.keys(parsed, self.book)
        other = serving.overlap(parsed, own_keys, self.book)
        warnings = [_("%s serves the same customers on some of these days.") % other] * bool(other)
        made = self._made(entry, family, parsed.starts_on, warnings)
        serving.remember(parsed, own_keys, self.book)
        new = Family(parsed.code, parsed.name, parsed.commodity, is_in_file=True)
        self._grow(Kind.TARIFF, family or new, parsed.name, entry)
        return made

    def _plan(self, entry: Entry) -> Previewed:
        terms = plans.read(entry.definition)
        family = self.book.family(Kind.PLAN, terms.code)
        if same := _same(entry, family, terms.starts_on):
            return same
        for own in plans.own_tariffs(terms).values():
            engine.parse(own)
        self._refuse_taken(Kind.PLAN, terms.name, terms.code)
        self._refuse_unknown_parts(terms)
        made = self._made(entry, family, terms.starts_on, [])
        new = Family(terms.code, terms.name, is_in_file=True)
        self._grow(Kind.PLAN, family or new, terms.name, entry)
        return made

    def _refuse_unknown_parts(self, terms: plans.PlanTerms) -> None:
        for i, service in enumerate(terms.services):
            tariff = self.book.family(Kind.TARIFF, service.tariff)
            is_fit = tariff is not None and tariff.role == Tariff.Role.OFFERED
            if tariff is None or not is_fit or tariff.commodity != service.commodity:
                words = {"code": service.tariff, "commodity": service.commodity}
                said = _("There is no tariff %(code)s for %(commodity)s.") % words
                raise _Wrong(f"services[{i}].tariff", said)
        serving.refuse_unknown(self.book.categories, terms.categories, "categories")
        every = {code: place for known in self.book.areas.values() for code, place in known.items()}
        serving.refuse_unknown(every, terms.areas, "areas")

    def _refuse_taken(self, kind: Kind, name: str, code: str) -> None:
        owner = self.book.owner(kind, name)
        if owner is not None and owner.lower() != code.lower():
            words = {"name": name, "code": owner}
            raise _Wrong("name", _("%(name)s is the name of %(code)s already.") % words)

    def _made(
        self, entry: Entry, family: Family | None, starts_on: date, warnings: list[str]
    ) -> Previewed:
        is_back_dated = starts_on < self.today
        if is_back_dated and not self.may_back_date:
            words = {"day": starts_on.isoformat()}
            raise _Wrong("from", _("%(day)s is in the past, and you may not back-date.") % words)
        return Previewed(
            entry,
            Outcome.NEW_VERSION if family else Outcome.NEW,
            number=family.newest + 1 if family else 1,
            starts_on=starts_on,
            is_back_dated=is_back_dated,
            warnings=tuple(warnings),
        )

    def _grow(self, kind: Kind, family: Family, name: str, entry: Entry) -> None:
        family.newest += 1
        family.said[meaning(entry.definition)] = family.newest
        if family.is_in_file:
            self.book.add(kind, family)
        self.book.names.setdefault((kind, name.strip().lower()), family.code)


def _same(entry: Entry, family: Family | None, starts_on: date) -> Previewed | None:
    """Return "unchanged" if a version says just this, in the book or above in the file."""
    number = family.said.get(meaning(entry.definition)) if family else None
    if number is None:
        return None
    return Previewed(entry, Outcome.UNCHANGED, number=number, starts_on=starts_on)


def _refuse_another(family: Family, parsed: engine.Tariff) -> None:
    if family.role != Tariff.Role.OFFERED:
        words = {"code": family.code, "role": Tariff.Role(family.role).label}
        raise _Wrong("code", _("%(code)s is something else already: %(role)s.") % words)
    if family.commodity != parsed.commodity:
        words = {"code": family.code, "commodity": family.commodity}
        raise _Wrong("commodity", _("%(code)s is a tariff for %(commodity)s.") % words)


def _refused(entry: Entry, path: str, words: str) -> Previewed:
    return Previewed(entry, Outcome.ERROR, faults=(entry.fault(path, words),))
