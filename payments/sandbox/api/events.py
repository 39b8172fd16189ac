"""Events over HTTP."""

from __future__ import annotations

from payments.sandbox import forms, listing
from payments.sandbox.books import Books, Json
from payments.sandbox.provider import Sandbox


def read(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return _counted(books, books.get("event", which))


def several(sandbox: Sandbox, books: Books, params: Json) -> Json:
    fields = {"type": "type", "types": "type"}
    page = listing.page(books, "event", "/v1/events", params, fields=fields)
    page["data"] = [_counted(books, event) for event in page["data"]]
    return page


def _counted(books: Books, event: Json) -> Json:
    """Return the event with the number of webhooks that are still to be taken."""
    (waiting,) = books.connection.execute(
        "SELECT count(*) FROM deliveries WHERE event = ? AND state = 'waiting'", (event["id"],)
    ).fetchone()
    return event | {"pending_webhooks": waiting}
