"""`expand[]`: identifiers in an answer become the objects they name."""

from __future__ import annotations

import json
from typing import Any

from payments.sandbox.books import Books, Json
from payments.sandbox.errors import invalid
from payments.sandbox.listing import listed

DEEPEST = 4


def expanded(books: Books, item: Json, paths: Any) -> Json:
    """Return the object with each path followed, at most four levels deep.

    :raises ApiError: if a path names nothing that can be expanded
    """
    for path in paths if isinstance(paths, list) else [paths]:
        parts = str(path).split(".")
        if len(parts) > DEEPEST:
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
        _follow(books, item, parts, str(path))
    return item


def _follow(books: Books, item: Json, parts: list[str], path: str) -> None:
    name, *rest = parts
    inner = _opened(books, item, name, path)
    for each in inner if isinstance(inner, list) else [inner]:
        if rest and isinstance(each, dict):
            _follow(books, each, rest, path)


def _opened(books: Books, item: Json, name: str, path: str) -> Any:
    value = item.get(name)
    if isinstance(value, str):
        item[name] = books.find(value)
    elif (str(item.get("object")), name) in HIDDEN and name not in item:
        item[name] = HIDDEN[(str(item.get("object")), name)](books, item)
    elif name not in item or not isinstance(value, dict | list | None):
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(value, str) and item[name] is None:
        item[name] = value
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    return item[name]


def _refunds(books: Books, charge: Json) -> Json:
    refunds = books.of(charge["payment_intent"], "refund")[::-1]
    own = [refund for refund in refunds if refund["charge"] == charge["id"]]
    return listed(f"/v1/charges/{charge['id']}/refunds", own[:10], more=len(own) > 10)


def line_items(books: Books, session: Json) -> Json:
    return listed(
        f"/v1/checkout/sessions/{session['id']}/line_items",
        json.loads(books.noted(session["id"], "line_items")),
    )


HIDDEN = {("charge", "refunds"): _refunds, ("checkout.session", "line_items"): line_items}
