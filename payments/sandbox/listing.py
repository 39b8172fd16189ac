"""Lists as Stripe pages them: newest first, `limit`, `starting_after`, `ending_before`."""

from __future__ import annotations

import json
from typing import Any

from payments.sandbox import forms
from payments.sandbox.books import Books, Json
from payments.sandbox.errors import invalid

PAGING = {"limit", "starting_after", "ending_before", "expand"}
SIDES = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


def page(
    books: Books, kind: str, url: str, params: Json, *, fields: dict[str, str], times: bool = True
) -> Json:
    """Return one page of the objects of a kind.

    `fields` maps a parameter to the field (or the column `parent`) that must equal it.
    :raises ApiError: for unknown parameters or a cursor that does not exist
    """
    forms.only(params, PAGING | set(fields) | ({"created"} if times else set()))
    limit = forms.integer(params, "limit", least=1, most=100, default=10)
    where, values = _filters(kind, params, fields, times)
    forward = "ending_before" not in params
    _cursor(books, kind, params, where, values, forward)
    rows = books.connection.execute(
        f"SELECT body FROM objects WHERE {' AND '.join(where)}"
        f" ORDER BY seq {'DESC' if forward else 'ASC'} LIMIT ?",
        (*values, limit + 1),
    ).fetchall()
    data = [json.loads(body) for (body,) in rows[:limit]]
    return listed(url, data if forward else data[::-1], more=len(rows) > limit)


def listed(url: str, data: list[Json], *, more: bool = False) -> Json:
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _filters(
    kind: str, params: Json, fields: dict[str, str], times: bool
) -> tuple[list[str], list[Any]]:
    where, values = ["kind = ?"], [kind]
    for name, column in fields.items():
        if name not in params:
            continue
        wanted = params[name] if isinstance(params[name], list) else [params[name]]
        marks = ", ".join("?" * len(wanted))
        said = column if column == "parent" else f"json_extract(body, '$.{column}')"
        where.append(f"{said} IN ({marks})")
        values += wanted
    if times and "created" in params:
        _created(params["created"], where, values)
    return where, values


def _created(asked: Any, where: list[str], values: list[Any]) -> None:
    sides = asked if isinstance(asked, dict) else {"gte": asked, "lte": asked}
    for side in sides:
        if side not in SIDES:
            raise invalid(f"Received unknown parameter: created[{side}]", param="created")
        where.append(f"created {SIDES[side]} ?")
        values.append(forms.integer(sides, side, least=0, most=10**12))


def _cursor(
    books: Books, kind: str, params: Json, where: list[str], values: list[Any], forward: bool
) -> None:
    name = "starting_after" if forward else "ending_before"
    if name not in params:
        return
    books.get(kind, params[name], param=name)
    where.append(f"seq {'<' if forward else '>'} (SELECT seq FROM objects WHERE id = ?)")
    values.append(params[name])
