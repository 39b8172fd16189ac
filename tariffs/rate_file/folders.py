"""Finds the cases of a directory: which tariffs, use and account facts belong together."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROLE = re.compile(r"(?i)(?:^|(?<=[._ -]))(tariffs?|usages?|use|account|expected)(?=[._ -]|$)")
EDGES = "._ -"


@dataclass(frozen=True)
class Case:
    """Files that are priced together."""

    name: str
    tariffs: tuple[Path, ...]
    usage: Path
    account: Path | None = None
    expected: Path | None = None


@dataclass(frozen=True)
class Unclear:
    """A file that no case could be made of."""

    name: str
    file: Path
    message: str


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
    """Return the cases of a directory and of those inside it, by name."""
    cases = [case for folder in _folders(root) for case in _cases(folder)]
    return sorted(cases, key=lambda case: case.name)


def _folders(root: Path) -> Iterator[Folder]:
    for place, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        path = Path(place)
        relative = path.relative_to(root).as_posix()
        folder = Folder(path, "" if relative == "." else relative)
        for name in sorted(names):
            _sort(path / name, folder)
        yield folder


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
    try:
        read = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return "account" not in file.stem.lower()
    return not isinstance(read, dict) or "charges" in read or "tariff" in file.stem.lower()


def _cases(folder: Folder) -> Iterator[Case | Unclear]:
    if len(folder.tariffs) == 1 or (folder.name and len(folder.usages) == 1):
        yield from _together(folder)
    else:
        yield from _by_stem(folder)


def _together(folder: Folder) -> Iterator[Case | Unclear]:
    """Price every usage file by all the tariffs beside it."""
    alone = len(folder.usages) == 1
    for usage in folder.usages:
        if not folder.tariffs:
            yield Unclear(folder.called(stem(usage)), usage, "has no tariff file beside it")
            continue
        own = "" if alone and folder.name else _named(usage)
        yield _case(folder, own, folder.tariffs, usage, alone=alone)
    if not folder.usages:
        yield from _without_use(folder, folder.tariffs)


def _by_stem(folder: Folder) -> Iterator[Case | Unclear]:
    """Price every usage file by the tariffs of the same name."""
    used: set[Path] = set()
    for usage in folder.usages:
        tariffs = [file for file in folder.tariffs if stem(file) == stem(usage)]
        used.update(tariffs)
        if tariffs:
            yield _case(folder, _named(usage), tariffs, usage, alone=False)
        else:
            yield Unclear(folder.called(_named(usage)), usage, "has no tariff file of its name")
    yield from _without_use(folder, [file for file in folder.tariffs if file not in used])


def _without_use(folder: Folder, tariffs: Sequence[Path]) -> Iterator[Unclear]:
    for file in tariffs:
        yield Unclear(folder.called(_named(file)), file, "has no usage file of its name")


def _case(folder: Folder, name: str, tariffs: Sequence[Path], usage: Path, *, alone: bool) -> Case:
    return Case(
        folder.called(name),
        tuple(tariffs),
        usage,
        _beside(folder.accounts, usage, shared=True),
        _beside(folder.expected, usage, shared=alone),
    )


def _beside(files: Sequence[Path], usage: Path, *, shared: bool) -> Path | None:
    """Return the file of the same name, or one of no name that all may share."""
    own = [file for file in files if stem(file) == stem(usage)]
    common = [file for file in files if shared and (not stem(file) or len(files) == 1)]
    return next(iter([*own, *common]), None)


def stem(file: Path) -> str:
    """Return what a name says beside the role of the file: `winter` of winter.usage.csv."""
    return ROLE.sub("", file.stem).strip(EDGES).lower()


def _named(file: Path) -> str:
    return stem(file) or file.stem
