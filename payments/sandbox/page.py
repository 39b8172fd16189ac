"""The hosted page: what a customer sees and sends. A full number is never kept or logged."""

from __future__ import annotations

import re

from payments.sandbox import faults, form, render, typed
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import paying, sessions
from payments.sandbox.errors import ApiError
from payments.sandbox.http_answers import Answer, Request
from payments.sandbox.provider import Sandbox
from payments.sandbox.render import PAGES, money, part, whole

PAGE = re.compile(r"/c/(pay|auth)/([A-Za-z0-9_]{1,100})")
RECEIPT = re.compile(r"/receipts/([A-Za-z0-9_]{1,60})")
NOTHING = part("notice", heading="There is nothing here", words="Check the address.", link="")


def answer(sandbox: Sandbox, request: Request) -> Answer:
    """Return a page, the style sheet, or what follows from a form."""
    if request.path == "/c/style.css":
        body = (PAGES / "style.css").read_bytes()
        return Answer(200, body, "text/css; charset=utf-8", {"Cache-Control": "max-age=300"})
    if receipt := RECEIPT.fullmatch(request.path):
        return _receipt(sandbox, receipt[1])
    match = PAGE.fullmatch(request.path)
    if not match or request.method not in ("GET", "POST"):
        return whole("Nothing here", NOTHING, status=404)
    try:
        return _session(sandbox, request, *match.groups())
    except ApiError:
        return whole("Nothing here", NOTHING, status=404)


def _session(sandbox: Sandbox, request: Request, which: str, number: str) -> Answer:
    with sandbox.books() as books:
        session = books.get("checkout.session", number)
        over = _over(session)
        if over:
            return over
        if which == "auth":
            return _prove(sandbox, books, session, request)
        if request.method == "GET":
            chosen = {"with": typed.of(request).get("with", "")}
            return form.show(sandbox, books, session, typed=chosen, wrong={})
        return _pay(sandbox, books, session, typed.of(request))


def _over(session: Json) -> Answer | None:
    """Return what is said of a session that is not open, or nothing."""
    if session["status"] == "complete":
        return _go(sessions.back_address(session))
    if session["status"] == "open" and not sessions.is_over(session):
        return None
    body = part(
        "notice",
        heading="This page has expired",
        words="Nothing was paid here. Go back and start the payment again.",
        link=form.link(session["cancel_url"], "Go back"),
    )
    return whole("Expired", body, status=410)


def _pay(sandbox: Sandbox, books: Books, session: Json, said: dict[str, str]) -> Answer:
    wrong, chosen = typed.read(session, said)
    if chosen is None or wrong:
        return form.show(sandbox, books, session, typed=said, wrong=wrong)
    result = paying.pay(
        books,
        session,
        chosen,
        paying.Payer(said.get("email", ""), said.get("name", "")),
        public_url=sandbox.config.public_url,
        fault=sandbox.faults.strike("payment", faults.PAYMENT),
    )
    if result.state == "asks":
        return _go(f"{sandbox.config.public_url}/c/auth/{session['id']}")
    if result.state == "declined":
        return form.show(sandbox, books, session, typed=said, wrong={"card": result.words})
    return _go(sessions.back_address(session))


def _prove(sandbox: Sandbox, books: Books, session: Json, request: Request) -> Answer:
    if request.method == "POST":
        proven = typed.of(request).get("answer") == "complete"
        public = sandbox.config.public_url
        try:
            result = paying.prove(books, session, proven=proven, public_url=public)
        except paying.Closed:
            return _go(f"{public}/c/pay/{session['id']}")
        if result.state == "paid":
            return _go(sessions.back_address(session))
        return form.show(sandbox, books, session, typed={}, wrong={"card": result.words})
    body = part(
        "auth",
        amount=money(session["amount_total"], session["currency"]),
        merchant=sandbox.config.merchant,
        id=session["id"],
    )
    return whole("Confirm the payment", body)


def _go(url: str) -> Answer:
    return Answer(303, b"", render.HTML, render.HEADERS | {"Location": url})


def _receipt(sandbox: Sandbox, number: str) -> Answer:
    with sandbox.books() as books:
        charge = books.find(number)
    if charge is None or charge["object"] != "charge" or not charge["paid"]:
        return whole("Nothing here", NOTHING, status=404)
    paid = money(charge["amount"], charge["currency"])
    words = f"{paid} was paid to {sandbox.config.merchant}. Reference: {charge['id']}."
    return whole("Receipt", part("notice", heading="Receipt", words=words, link=""))
