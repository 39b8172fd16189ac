"""Tariff files side by side: versions of one tariff follow each other, others make a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from tariffs import engine
from tariffs.rate_file.errors import WrongFile, named


@dataclass(frozen=True, eq=False)
class Version:
    """One file of a tariff, and until when it holds."""

    file: Path
    tariff: engine.Tariff
    ends_on: date | None  # first day without; an open version ends where the next one starts


@dataclass(frozen=True, eq=False)
class Family:
    """The versions of one tariff, oldest first, without a gap."""

    versions: tuple[Version, ...]

    @property
    def code(self) -> str:
        return self.versions[0].tariff.code

    @property
    def starts(self) -> list[date]:
        return [version.tariff.starts_on for version in self.versions]

    def on(self, day: date) -> Version:
        """Return the version of a day; before the first one, the first."""
        held = [version for version in self.versions if version.tariff.starts_on <= day]
        return held[-1] if held else self.versions[0]


def load(paths: Iterable[Path]) -> list[Family]:
    """Read tariff files.

    :raises WrongFile: naming the file and the field; or the day, where versions do not meet
    """
    by_code: dict[str, list[Version]] = {}
    for path in paths:
        tariff = _tariff(path)
        by_code.setdefault(tariff.code, []).append(Version(path, tariff, tariff.ends_on))
    families = [_family(versions) for versions in by_code.values()]
    _check_currency([version for family in families for version in family.versions])
    return families


def zone_of(families: Sequence[Family]) -> ZoneInfo:
    """Return the zone that all the tariffs share.

    :raises WrongFile: naming a tariff of another zone
    """
    versions = [version for family in families for version in family.versions]
    first = versions[0]
    for version in versions:
        if version.tariff.zone != first.tariff.zone:
            message = f"{version.tariff.zone.key} is not the zone of {first.file}; choose by --zone"
            raise WrongFile(version.file, message, path="zone")
    return first.tariff.zone


def _tariff(path: Path) -> engine.Tariff:
    with named(path):
        return engine.parse(engine.load(path.read_text(encoding="utf-8-sig")))


def _family(versions: list[Version]) -> Family:
    versions.sort(key=lambda version: version.tariff.starts_on)
    closed = []
    for older, newer in pairwise(versions):
        _check_meeting(older, newer)
        closed.append(replace(older, ends_on=newer.tariff.starts_on))
    return Family((*closed, versions[-1]))


def _check_meeting(older: Version, newer: Version) -> None:
    code, starts_on, ends_on = older.tariff.code, newer.tariff.starts_on, older.ends_on
    if starts_on == older.tariff.starts_on or (ends_on and ends_on > starts_on):
        message = f"{starts_on} has two versions of {code}: {older.file} holds on that day, too"
        raise WrongFile(newer.file, message, path="from")
    if ends_on and ends_on < starts_on:
        message = f"{ends_on} has no version of {code}: {older.file} ends on that day"
        raise WrongFile(newer.file, message, path="from")


def _check_currency(versions: Sequence[Version]) -> None:
    first = versions[0]
    for version in versions:
        if version.tariff.currency != first.tariff.currency:
            message = f"{version.tariff.currency} is not that of {first.file}"
            raise WrongFile(version.file, message, path="currency")
