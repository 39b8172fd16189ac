"""Finds the cases of a directory: which tariffs, use and account facts belong together."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tariffs.rate_file.errors import WrongOption

ROLE = re.compile(r"(?i)(?:^|(?<=[._ -]))(tariffs?|usages?|use|account|expected)(?=[._ -]|$)")
EDGES = "._ -"


@dataclass(frozen=True)
class Case:
    """Files that are priced together."""

    name: str
    tariffs: tuple[Path, ...]
    usage: Path | None = None  # of what needs no meter
    account: Path | None = None
    expected: Path | None = None

    @property
    def own_file(self) -> Path:
        return self.usage or self.tariffs[0]


@dataclass(frozen=True)
class Unclear:
    """A file that no case could be made of."""

    name: str
    file: Path
    message: str

    @property
    def own_file(self) -> Path:
        return self.file


@dataclass
class Folder:
    """The files of one directory by what they are."""

    path: Path
    name: str  # below the root, "" for the root itself
    tariffs: list[Path] = field(default_factory=list)
    usages: list[Path] = field(default_factory=list)
    accounts: list[Path] = field(default_factory=list)
    expected: list[Path] = field(default_factory=list)

    def called(self, stem: str) -> str:
        return "/".join(part for part in (self.name, stem) if part) or self.path.name


def found(root: Path) -> list[Case | Unclear]:
    """Return the cases of a directory and of those inside it, by name.

    :raises WrongOption: if a directory cannot be read
    """
    folders = list(_folders(root))
    cases: list[Case | Unclear] = []
    for folder in folders:
        if folder.tariffs and folder.usages:
            cases += _cases(folder)
    cases += _apart(folders)
    return sorted(_told_apart(cases, root), key=lambda case: case.name)


def _told_apart(cases: Sequence[Case | Unclear], root: Path) -> Iterator[Case | Unclear]:
    """Give those that would share a name, and so a file of --out, the whole name of their file."""
    taken = Counter(case.name for case in cases)
    for case in cases:
        alone = taken[case.name] == 1
        yield case if alone else replace(case, name=case.own_file.relative_to(root).as_posix())


def _folders(root: Path) -> Iterator[Folder]:
    for place, inner, names in os.walk(root, onerror=_refuse):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        path = Path(place)
        relative = path.relative_to(root).as_posix()
        folder = Folder(path, "" if relative == "." else relative)
        for name in sorted(names):
            if not _never_ends(path / name):
                _sort(path / name, folder)
        yield folder


def _refuse(error: OSError) -> None:
    raise WrongOption(f"--cases: {error.filename}: {error.strerror}") from error


def _never_ends(file: Path) -> bool:
    """Say whether a name stands for a pipe or a device: reading it could wait for ever."""
    return file.exists() and not file.is_file()


def _sort(file: Path, folder: Folder) -> None:
    ending = file.suffix.lower()
    if ending == ".csv":
        folder.usages.append(file)
    elif ending == ".json" and "expected" in file.stem.lower():
        folder.expected.append(file)
    elif ending == ".json":
        (folder.tariffs if _is_tariff(file) else folder.accounts).append(file)


def _is_tariff(file: Path) -> bool:
    """Return whether a file is to be read as a tariff; one that is no JSON is refused as one."""
    read = _json(file)
    if read is None:
        return "account" not in file.stem.lower()
    return "charges" in read or "tariff" in file.stem.lower()


def _json(file: Path) -> dict[str, Any] | None:
    try:
        read = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _cases(folder: Folder) -> Iterator[Case | Unclear]:
    """Pair the files of a directory that has both kinds."""
    if len(folder.tariffs) == 1 or (folder.name and len(folder.usages) == 1):
        alone = len(folder.usages) == 1
        for usage in folder.usages:
            name = "" if alone and folder.name else _named(usage)
            yield _case(folder, name, folder.tariffs, usage, alone=alone)
    else:
        yield from _by_stem(folder)


def _by_stem(folder: Folder) -> Iterator[Case | Unclear]:
    """Price every usage file by the tariffs of the same name."""
    used: set[Path] = set()
    for usage in folder.usages:
        tariffs = [file for file in folder.tariffs if stem(file) == stem(usage)]
        used.update(tariffs)
        if tariffs:
            yield _case(folder, _named(usage), tariffs, usage, alone=False)
        else:
            yield _without_tariff(folder, usage)
    yield from _without_use(folder, used)


def _apart(folders: Sequence[Folder]) -> Iterator[Case | Unclear]:
    """Pair directories of tariffs with directories of use: by name, or from the inside out."""
    holders = [folder for folder in folders if folder.tariffs and not folder.usages]
    used: set[Path] = set()
    for folder in folders:
        for usage in folder.usages if not folder.tariffs else ():
            tariffs = _same_stem(holders, usage) or _around(holders, folder)
            used.update(tariffs)
            if tariffs:
                yield _case(folder, _named(usage), tariffs, usage, alone=len(folder.usages) == 1)
            else:
                yield _without_tariff(folder, usage)
    for folder in holders:
        if used.isdisjoint(folder.tariffs) and _says_days(folder.accounts):
            yield _case(folder, "", folder.tariffs, None, alone=True)
        else:
            yield from _without_use(folder, used)


def _says_days(accounts: Sequence[Path]) -> bool:
    """Return whether an account file tells which days to price, as is needed without use."""
    return any({"from", "to"} <= set(_json(file) or ()) for file in accounts)


def _same_stem(holders: Sequence[Folder], usage: Path) -> list[Path]:
    every = [file for folder in holders for file in folder.tariffs]
    return [file for file in every if stem(usage) and stem(file) == stem(usage)]


def _around(holders: Sequence[Folder], folder: Folder) -> list[Path]:
    """Return the tariffs of the nearest directory around another."""
    around = [holder for holder in holders if holder.path in folder.path.parents]
    return around[-1].tariffs if around else []


def _without_tariff(folder: Folder, usage: Path) -> Unclear:
    return Unclear(folder.called(_named(usage)), usage, "no tariff file goes with it")


def _without_use(folder: Folder, used: set[Path]) -> Iterator[Unclear]:
    for file in folder.tariffs:
        if file not in used:
            yield Unclear(folder.called(_named(file)), file, "no usage file goes with it")


def _case(
    folder: Folder, name: str, tariffs: Sequence[Path], usage: Path | None, *, alone: bool
) -> Case | Unclear:
    called = folder.called(name)
    accounts = _beside(folder.accounts, usage, alone=alone)
    if not accounts:
        accounts = [file for file in folder.accounts if not stem(file)]  # one for all
    if len(accounts) > 1:
        return Unclear(called, accounts[1], f"is an account file beside {accounts[0].name}")
    expected = _beside(folder.expected, usage, alone=alone)
    return Case(
        called, tuple(tariffs), usage, next(iter(accounts), None), next(iter(expected), None)
    )


def _beside(files: Sequence[Path], usage: Path | None, *, alone: bool) -> list[Path]:
    """Return the files of the same name; or any, where there is no other use."""
    same = [file for file in files if usage and stem(file) == stem(usage)]
    return same or (list(files) if alone else [])


def stem(file: Path) -> str:
    """Return what a name says beside the role of the file: `winter` of winter.usage.csv."""
    return ROLE.sub("", file.stem).strip(EDGES).lower()


def _named(file: Path) -> str:
    return stem(file) or file.stem
