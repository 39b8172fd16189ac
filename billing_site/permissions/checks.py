"""A start complains when the table of permissions and the site's addresses disagree."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from billing_site.permissions import table
from billing_site.permissions.routes import routes

HINT = "Write its row in billing_site/permissions/permissions.csv; see docs/how-to/add-a-page.md."


@register(Tags.urls)
def every_route_is_listed(**kwargs: Any) -> list[CheckMessage]:
    """Every address has a row, and every row an address."""
    try:
        listed = table.load()
    except table.BadTable as error:
        return [Error(f"The table of permissions: {error}", id="billing_site.E101")]
    found = {route: listed.of(route) for route in routes()}
    used = {row.route for rows in found.values() for row in rows}
    unlisted = [route for route, rows in found.items() if not rows]
    idle = dict.fromkeys(row.route for row in listed.rows if row.route not in used)
    return [*map(_unlisted, unlisted), *map(_idle, idle)]


def _unlisted(route: str) -> Error:
    return Error(f"The address {route!r} has no row.", hint=HINT, id="billing_site.E102")


def _idle(route: str) -> Error:
    hint = "Remove the row, or mend its route: it must be as the resolver writes it."
    return Error(f"The row {route!r} has no address.", hint=hint, id="billing_site.E103")
