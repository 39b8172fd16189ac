"""The table of permissions as a page of the documentation."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from django.conf import settings

from billing_site.permissions.table import PEOPLE, STAFF, Row, Table

PAGE = Path(settings.BASE_DIR) / "docs" / "reference" / "permissions.md"
SHORT = {
    "anonymous": "anon",
    "customer": "holder",
    "delegate_view": "view",
    "delegate_manage": "manage",
    "meter_employee": "meters",
    "billing_specialist": "specialist",
    "billing_manager": "manager",
    "administrator": "admin",
}
HEAD = """# Permissions

Written by `manage.py permissions --write` from `billing_site/permissions/permissions.csv`: edit
that file, not this page. Who the kinds of person are is told in [Roles](roles.md), how a row comes
in in [Add a page](../how-to/add-a-page.md).

A: allowed. O: own accounts, or own login. G: during a live help session for that customer. R: rows
of one's own among the staff's. –: refused. *holder* to *manage* are customers: the holder, a payer,
a delegate who looks, a delegate who manages. A person counts as everything their accounts and roles
make them; staff see their own accounts as any customer.

Who is refused gets the status in *else*; who is not signed in is led to sign-in. A method that no
row of an address names answers 405, `HEAD` is as `GET`, and an address without a row answers 404 to
everybody. *step-up*: a second confirmation of who one is, not long ago. *shows*: what the page
shows a role of customers who are not their own and whom they do not help at the moment; initials
are shown always.
"""


def page(table: Table) -> str:
    """Return the page in Markdown."""
    parts = [HEAD]
    for section, rows in groupby(table.rows, key=lambda row: row.section):
        parts.append(_section(section, list(rows)))
    return "\n".join(parts)


def _section(title: str, rows: list[Row]) -> str:
    names = ["address", "methods", *(SHORT.get(person, person) for person in PEOPLE)]
    columns = [*names, "step-up", "else", "shows", "note"]
    lines = [f"## {title}", "", _line(columns), _line(["---"] * len(columns))]
    return "\n".join([*lines, *(_line(_cells(row)) for row in rows), ""])


def _cells(row: Row) -> list[str]:
    route = row.route.replace("|", "\\|")
    cells = [row.cells[person].replace("-", "–") for person in PEOPLE]
    step_up = "yes" if row.step_up else ""
    methods = " ".join(sorted(row.methods))
    return [f"`/{route}`", methods, *cells, step_up, str(row.answer), _shows(row), row.note]


def _shows(row: Row) -> str:
    """Return "account; finance, auditor: name": what all roles see first, then what some do."""
    everyone = frozenset.intersection(*row.shows.values())
    words = sorted(frozenset.union(*row.shows.values()) - everyone)
    some = [
        f"{', '.join(role for role in STAFF if word in row.shows[role])}: {word}" for word in words
    ]
    return "; ".join([part for part in [", ".join(sorted(everyone)), *some] if part])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
