"""The table of permissions: which kind of person may ask for which page, and how."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("permissions.csv")

CUSTOMERS = ("customer", "payer", "delegate_view", "delegate_manage")
STAFF = (
    "support",
    "meter_employee",
    "cashier",
    "billing_specialist",
    "billing_manager",
    "finance",
    "administrator",
    "auditor",
)
PEOPLE = ("anonymous", *CUSTOMERS, *STAFF)
COLUMNS = ("route", "methods", *PEOPLE, "step_up", "answer", "shows", "note")

ALLOWED, OWN, GRANTED, OWN_ROWS, REFUSED = "A", "O", "G", "R", "-"
CELLS = (ALLOWED, OWN, GRANTED, OWN_ROWS, REFUSED)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANSWERS = ("403", "404")
SHOWN = (
    "name",
    "email",
    "phone",
    "address",  # for letters
    "street",  # of the service
    "account",
    "bill",
    "reference",
    "serial",
    "notice",
    "amount",
)


class BadTable(ValueError):
    """The table cannot be read; the message names the line and the column."""


@dataclass(frozen=True)
class Row:
    """What the table says of some methods of one route."""

    route: str
    methods: frozenset[str]
    cells: Mapping[str, str]  # by kind of person
    step_up: bool
    answer: int  # what a signed-in person gets who is refused
    shows: Mapping[str, frozenset[str]]  # by role: what it may show of a customer who is not theirs
    note: str
    section: str
    line: int

    def allows(self, people: Iterable[str]) -> bool:
        """Tell whether any of these kinds of person may pass."""
        return any(self.cells[person] != REFUSED for person in people)


class Table:
    """All rows, found by the route of a request."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self._exact: dict[str, tuple[Row, ...]] = {}
        for row in self.rows:
            self._exact[row.route] = (*self._exact.get(row.route, ()), row)
        families = [route for route in self._exact if route.endswith("*")]
        self._families = sorted(families, key=len, reverse=True)

    def of(self, route: str) -> tuple[Row, ...]:
        """Return the rows of a route as the resolver writes it; empty when it is not listed."""
        if route in self._exact:
            return self._exact[route]
        for family in self._families:
            if route.startswith(family[:-1]):
                return self._exact[family]
        return ()


@cache
def load(file: Path = FILE) -> Table:
    """Read and check the table.

    :raises BadTable: naming line and column
    """
    with file.open(encoding="utf-8", newline="") as lines:
        return Table(_rows(lines))


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    seen: dict[tuple[str, str], int] = {}
    header: list[str] = []
    section = ""
    for line, cells in enumerate(csv.reader(lines), start=1):
        if not cells or cells[0].startswith("#"):
            section = ",".join(cells).removeprefix("#").strip() or section
            continue
        if not header:
            header = _header(line, cells)
            continue
        row = _row(line, section, cells)
        for method in row.methods:
            first = seen.setdefault((row.route, method), line)
            if first != line:
                raise BadTable(f"line {line}: {method} {row.route} is on line {first} already")
        yield row


def _header(line: int, cells: list[str]) -> list[str]:
    if tuple(cells) != COLUMNS:
        raise BadTable(f"line {line}: the columns must be {', '.join(COLUMNS)}")
    return cells


def _row(line: int, section: str, values: list[str]) -> Row:
    if len(values) != len(COLUMNS):
        raise BadTable(f"line {line}: {len(values)} cells, {len(COLUMNS)} columns")
    said = dict(zip(COLUMNS, values, strict=True))
    for person in PEOPLE:
        _one_of(line, person, said[person], CELLS)
    methods = said["methods"].split()
    for method in methods or [""]:
        _one_of(line, "methods", method, METHODS)
    _one_of(line, "step_up", said["step_up"], ("", "yes"))
    _one_of(line, "answer", said["answer"], ANSWERS)
    return Row(
        route=said["route"],
        methods=frozenset(methods),
        cells={person: said[person] for person in PEOPLE},
        step_up=said["step_up"] == "yes",
        answer=int(said["answer"]),
        shows=_shows(line, said["shows"]),
        note=said["note"],
        section=section,
        line=line,
    )


def _shows(line: int, text: str) -> dict[str, frozenset[str]]:
    """Read "account amount finance+auditor:name": for all who are allowed, or for some roles."""
    shown: dict[str, frozenset[str]] = {role: frozenset() for role in STAFF}
    for word in text.split():
        roles, _colon, what = word.rpartition(":")
        _one_of(line, "shows", what, SHOWN)
        for role in roles.split("+") if roles else STAFF:
            _one_of(line, "shows", role, STAFF)
            shown[role] |= {what}
    return shown


def _one_of(line: int, column: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise BadTable(f"line {line}, column {column}: {value!r} is none of {', '.join(known)}")
