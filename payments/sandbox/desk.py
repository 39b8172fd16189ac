"""A small page for people at /_sandbox/: what happened, and buttons for what may happen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from payments.sandbox.books import Books, Json
from payments.sandbox.effects import disputing, paying, payouts, refunding
from payments.sandbox.errors import ApiError
from payments.sandbox.forms import decode
from payments.sandbox.http_answers import Answer, Request
from payments.sandbox.provider import Sandbox
from payments.sandbox.render import HEADERS, HTML, Markup, money, part, whole

DAY = 86400
SHOWN = 25


def answer(sandbox: Sandbox, request: Request) -> Answer:
    """Return the page, or do what a button says and return to it."""
    if request.method == "GET":
        return _page(sandbox)
    try:
        _do(sandbox, request.path.rsplit("/", 1)[-1], decode(request.text))
    except (ApiError, paying.Closed) as error:
        body = part("notice", heading="That cannot be done", words=str(error), link="")
        return whole("Not done", body, status=409)
    return Answer(303, b"", HTML, HEADERS | {"Location": "/_sandbox/"})


def _do(sandbox: Sandbox, what: str, typed: dict[str, Any]) -> None:
    if what == "advance":
        sandbox.advance(float(typed.get("days", 1)) * DAY)
        return
    if what == "deliver":
        sandbox.sender.deliver()
        return
    with sandbox.books() as books:
        _change(books, what, str(typed.get("id", "")))


def _change(books: Books, what: str, which: str) -> None:
    if what == "payout":
        payouts.create(books)
    elif what == "dispute":
        disputing.open_one(books, books.get("payment_intent", which))
    elif what in ("won", "lost"):
        disputing.change(books, books.get("dispute", which), status=what)
    elif what in ("pays", "fails"):
        paying.settle(books, books.get("payment_intent", which), outcome=what)
    elif what == "fail_refund":
        refunding.fail(books, books.get("refund", which))
    elif what == "fail_payout":
        payouts.fail(books, books.get("payout", which))


def _page(sandbox: Sandbox) -> Answer:
    with sandbox.books() as books:
        rows = [
            _row(item, buttons)
            for kind, buttons in BUTTONS.items()
            for item in _latest(books, kind)
        ]
        moment = datetime.fromtimestamp(books.moment, UTC).strftime("%d %B %Y, %H:%M UTC")
        (waiting,) = books.connection.execute(
            "SELECT count(*) FROM deliveries WHERE state = 'waiting'"
        ).fetchone()
    body = part("desk", moment=moment, waiting=waiting, rows=Markup("".join(rows) or _EMPTY))
    return whole("Sandbox", body)


def _latest(books: Books, kind: str) -> list[Json]:
    return list(books.all_of(kind))[::-1][:SHOWN]


def _row(item: Json, buttons: dict[str, tuple[tuple[str, str], ...]]) -> Markup:
    offered = "".join(
        part("button", what=what, words=words, id=item["id"])
        for what, words in buttons.get(item["status"], ())
    )
    return part(
        "row",
        kind=item["object"].replace("_", " "),
        id=item["id"],
        amount=money(item["amount"], item["currency"]),
        status=item["status"].replace("_", " "),
        buttons=Markup(offered),
    )


_EMPTY = '<tr><td colspan="5">Nothing has been paid yet.</td></tr>'
_FAIL_REFUND = (("fail_refund", "Let it fail"),)
_END = (("won", "Won"), ("lost", "Lost"))
BUTTONS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "payment_intent": {
        "succeeded": (("dispute", "Open a dispute"),),
        "processing": (("pays", "Let it succeed"), ("fails", "Let it fail")),
    },
    "refund": {"succeeded": _FAIL_REFUND, "pending": _FAIL_REFUND},
    "dispute": {"needs_response": _END, "under_review": _END},
    "payout": {"paid": (("fail_payout", "Let it fail"),)},
}
