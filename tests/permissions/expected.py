"""What the table promises a person who asks for a page."""

from __future__ import annotations

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse

from billing_site.permissions.table import CUSTOMERS, STAFF, Row
from tests.permissions.sides import Side
from tests.permissions.world import Person

OK, LOGIN, NOT_FOUND, FORBIDDEN, NOT_SO = "ok", "login", "404", "403", "405"
STRENGTH = "-OGRA"

# What an allowed person is answered where a page has nothing to show them, and why.
OTHERWISE = {
    "brand.css": {NOT_FOUND},  # without a colour of one's own
    "demo/": {NOT_FOUND},  # there outside a demonstration
    "invitation/": {NOT_FOUND},  # without a link that was opened before
    "accounts/confirm-email/": {LOGIN},  # without a code on its way
    "accounts/login/code/confirm/": {LOGIN},
    "accounts/password/reset/confirm/": {LOGIN},
    "accounts/password/reset/complete/": {LOGIN},
    "accounts/second-factor/": {LOGIN},  # without a password that was right
    "admin/login/": {LOGIN, NOT_FOUND},  # staff are led to the site's own
    "security/": {NOT_FOUND},  # without the device or the customer that it is about
    "admin/autocomplete/": {FORBIDDEN},  # without the names of a field
    "admin/": {FORBIDDEN, NOT_FOUND},  # Django decides for the row at hand
}


def kind_of_answer(response) -> str:
    """Return how a response answers: ok, login, 403, 404, 405, or the status of a fault."""
    status = response.status_code
    if status in (301, 302, 303):
        doors = (resolve_url(settings.LOGIN_URL), reverse("admin:login"))
        return LOGIN if response["Location"].startswith(doors) else OK
    if status in (403, 404, 405):
        return str(status)
    return OK if status < 500 or status == 503 else f"fault {status}"


def cell(rows: tuple[Row, ...], person: Person, method: str) -> str:
    """Return the strongest cell of the person for the method."""
    asked = [row for row in rows if _read_as(method) in row.methods]
    cells = [row.cells[kind] for row in asked for kind in person.kinds]
    if person.is_in and not set(person.kinds) & set(CUSTOMERS):
        cells += ["A" for row in asked if all(row.cells[kind] == "A" for kind in CUSTOMERS)]
        cells += ["O" for row in asked if all(row.cells[kind] == "O" for kind in CUSTOMERS)]
    return max(cells, key=STRENGTH.index, default="-")


def answers(
    rows: tuple[Row, ...], person: Person, method: str, *, side: Side | None
) -> frozenset[str]:
    """Return the kinds of answers that the table allows; `side` is whose object is asked for."""
    asked = [row for row in rows if _read_as(method) in row.methods]
    if not asked:
        return frozenset({NOT_SO if _passes(rows, person) else _refusal(rows, person)})
    if not _passes(tuple(asked), person):
        return frozenset({_refusal(tuple(asked), person)})
    wanted = _of_cell(cell(rows, person, method), person, side)
    if OK in wanted:
        wanted |= _otherwise(rows[0].route)
    return wanted | {NOT_SO} if method == "HEAD" else wanted  # which not every view answers


def _otherwise(route: str) -> set[str]:
    starts = [start for start in OTHERWISE if route.startswith(start)]
    return OTHERWISE[max(starts, key=len)] if starts else set()


def _of_cell(strongest: str, person: Person, side: Side | None) -> frozenset[str]:
    if strongest == "A":
        return frozenset({OK})
    if strongest == "R":
        return frozenset({OK, NOT_FOUND})
    if strongest == "G":
        is_live = person.helps is not None and side in (None, person.helps)
        return frozenset({OK} if is_live else {OK, NOT_FOUND, FORBIDDEN})
    if strongest == "O":
        return frozenset({OK if side is None or side in person.theirs else NOT_FOUND})
    return frozenset({NOT_FOUND})


def visible(
    rows: tuple[Row, ...], person: Person, method: str, side: Side
) -> frozenset[str] | None:
    """Return what the page may show of this customer; None if everything."""
    strongest = cell(rows, person, method)
    if side in person.theirs or (strongest in "GR" and side is person.helps):
        return None
    if strongest not in "AR":  # rows that are one's own to decide show as much
        return frozenset()
    roles = [kind for kind in person.kinds if kind in STAFF]
    shown = frozenset().union(*(row.shows[role] for row in rows for role in roles))
    return shown | {"name"} if side is person.helps else shown  # which the session opened


def _read_as(method: str) -> str:
    return "GET" if method == "HEAD" else method


def _passes(rows: tuple[Row, ...], person: Person) -> bool:
    kinds = (*person.kinds, *CUSTOMERS) if person.is_in else ("anonymous",)
    return any(row.allows(kinds) for row in rows)


def _refusal(rows: tuple[Row, ...], person: Person) -> str:
    return str(rows[0].answer) if person.is_in else LOGIN
