"""The hosted page: what a customer sees and sends. A full number is never kept or logged."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from payments.sandbox import faults, render
from payments.sandbox.books import Books, Json
from payments.sandbox.effects import means, paying, sessions
from payments.sandbox.errors import ApiError
from payments.sandbox.forms import decode
from payments.sandbox.http_answers import Answer, Request
from payments.sandbox.provider import Sandbox
from payments.sandbox.render import PAGES, Markup, money, part, whole

KINDS = {"card": "Card", "us_bank_account": "Bank account", "sepa_debit": "Bank account (IBAN)"}
PAGE = re.compile(r"/c/(pay|auth)/([A-Za-z0-9_]{1,100})")
RECEIPT = re.compile(r"/receipts/([A-Za-z0-9_]{1,60})")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
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
            kind = str(decode(request.query).get("with", ""))
            return _form(sandbox, books, session, typed={"with": kind}, wrong={})
        return _pay(sandbox, books, session, decode(request.text))


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
        link=_link(session["cancel_url"], "Go back"),
    )
    return whole("Expired", body, status=410)


def _pay(sandbox: Sandbox, books: Books, session: Json, typed: Json) -> Answer:
    wrong, chosen = _read(session, typed)
    if chosen is None or wrong:
        return _form(sandbox, books, session, typed=typed, wrong=wrong)
    result = paying.pay(
        books,
        session,
        chosen,
        paying.Payer(typed.get("email", ""), typed.get("name", "")),
        public_url=sandbox.config.public_url,
        fault=sandbox.faults.strike("payment", faults.PAYMENT),
    )
    if result.state == "asks":
        return _go(f"{sandbox.config.public_url}/c/auth/{session['id']}")
    if result.state == "declined":
        return _form(sandbox, books, session, typed=typed, wrong={"card": result.words})
    return _go(sessions.back_address(session))


def _prove(sandbox: Sandbox, books: Books, session: Json, request: Request) -> Answer:
    if request.method == "POST":
        proven = decode(request.text).get("answer") == "complete"
        public = sandbox.config.public_url
        try:
            result = paying.prove(books, session, proven=proven, public_url=public)
        except paying.Closed:
            return _go(f"{public}/c/pay/{session['id']}")
        if result.state == "paid":
            return _go(sessions.back_address(session))
        return _form(sandbox, books, session, typed={}, wrong={"card": result.words})
    body = part(
        "auth",
        amount=money(session["amount_total"], session["currency"]),
        merchant=sandbox.config.merchant,
        id=session["id"],
    )
    return whole("Confirm the payment", body)


def _read(session: Json, typed: Json) -> tuple[dict[str, str], means.Means | None]:
    """Return what is wrong by field, and how it is to be paid."""
    wrong: dict[str, str] = {}
    kind = _kind(session, typed)
    if not EMAIL.fullmatch(str(typed.get("email", "")).strip()):
        wrong["email"] = "Enter an e-mail address, such as name@example.org."
    if not str(typed.get("name", "")).strip():
        wrong["name"] = "Enter the name of the account or card."
    try:
        chosen = _means(kind, typed)
    except means.NotTaken as error:
        wrong[error.field] = str(error)
        chosen = None
    if kind == "card":
        wrong |= _card_wrong(typed)
    return wrong, chosen


def _means(kind: str, typed: Json) -> means.Means:
    if kind == "card":
        return means.card(str(typed.get("card", "")))
    if kind == "sepa_debit":
        return means.iban(str(typed.get("iban", "")))
    return means.bank(str(typed.get("account", "")), str(typed.get("routing", "")))


def _card_wrong(typed: Json) -> dict[str, str]:
    wrong = {}
    expiry = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)\s*", typed.get("expiry", ""))
    today = datetime.now(UTC)
    if not expiry:
        wrong["expiry"] = "Enter the expiry date as month and year, such as 12/34."
    elif (2000 + int(expiry[2]), int(expiry[1])) < (today.year, today.month):
        wrong["expiry"] = "This card has expired. Use another."
    if not re.fullmatch(r"\s*\d{3,4}\s*", typed.get("cvc", "")):
        wrong["cvc"] = "Enter the 3 or 4 digits of the security code."
    return wrong


def _kind(session: Json, typed: Json) -> str:
    offered = session["payment_method_types"]
    return typed["with"] if typed.get("with") in offered else offered[0]


def _form(
    sandbox: Sandbox, books: Books, session: Json, *, typed: Json, wrong: dict[str, str]
) -> Answer:
    kind = _kind(session, typed)
    body = part(
        "pay",
        merchant=sandbox.config.merchant,
        amount=money(session["amount_total"], session["currency"]),
        items=_items(books, session),
        tabs=_tabs(session, kind),
        summary=_summary(wrong),
        kind=kind,
        id=session["id"],
        fields=_fields(kind, session, typed, wrong),
        numbers=_numbers(kind),
        back=_link(session["cancel_url"], f"Back to {sandbox.config.merchant}"),
    )
    title = "Error: check the form" if wrong else "Pay"
    return whole(title, body, status=422 if wrong else 200)


def _items(books: Books, session: Json) -> Markup:
    items = json.loads(books.noted(session["id"], "line_items"))
    return Markup(
        "".join(
            part(
                "item",
                words=item["description"],
                amount=money(item["amount_total"], item["currency"]),
            )
            for item in items
        )
    )


def _tabs(session: Json, chosen: str) -> Markup:
    offered = session["payment_method_types"]
    if len(offered) < 2:
        return Markup("")
    links = "".join(
        part(
            "tab",
            id=session["id"],
            kind=kind,
            words=KINDS[kind],
            current=Markup(' aria-current="page"') if kind == chosen else "",
        )
        for kind in offered
    )
    return part("tabs", links=Markup(links))


def _fields(kind: str, session: Json, typed: Json, wrong: dict[str, str]) -> Markup:
    """Return the fields of a kind; what was typed stays, except numbers and codes."""
    email = typed.get("email") or session["customer_email"] or ""
    said = [_field("email", "E-mail", email, wrong, kind="email", fills="email")]
    if kind == "card":
        said += [
            _field("card", "Card number", "", wrong, fills="cc-number", digits=True),
            _field(
                "expiry",
                "Expiry date",
                typed.get("expiry", ""),
                wrong,
                fills="cc-exp",
                hint="Month and year, such as 12/34",
            ),
            _field(
                "cvc",
                "Security code",
                "",
                wrong,
                fills="cc-csc",
                digits=True,
                hint="3 or 4 digits on the card",
            ),
        ]
    elif kind == "sepa_debit":
        said.append(_field("iban", "IBAN", "", wrong))
    else:
        said += [
            _field(
                "routing",
                "Routing number",
                typed.get("routing", ""),
                wrong,
                digits=True,
                hint=f"For tests: {means.ROUTING}",
            ),
            _field("account", "Account number", "", wrong, digits=True),
        ]
    words = "Name on the card" if kind == "card" else "Name of the account holder"
    said.append(_field("name", words, typed.get("name", ""), wrong, fills="name"))
    return Markup("".join(said))


def _field(
    name: str,
    words: str,
    value: str,
    wrong: dict[str, str],
    *,
    kind: str = "text",
    fills: str = "off",
    hint: str = "",
    digits: bool = False,
) -> Markup:
    notes = [f"{name}-hint"] if hint else []
    notes += [f"{name}-error"] if name in wrong else []
    return part(
        "field",
        name=name,
        words=words,
        value=value,
        kind=kind,
        fills=fills,
        mode="numeric" if digits else "email" if kind == "email" else "text",
        hint=part("hint", name=name, words=hint) if hint else "",
        error=part("error", name=name, words=wrong[name]) if name in wrong else "",
        described=Markup(f' aria-describedby="{" ".join(notes)}"') if notes else "",
        invalid=Markup(' aria-invalid="true"') if name in wrong else "",
    )


def _summary(wrong: dict[str, str]) -> Markup:
    if not wrong:
        return Markup("")
    lines = "".join(part("summary_line", name=name, words=words) for name, words in wrong.items())
    return part("summary", lines=Markup(lines))


def _numbers(kind: str) -> Markup:
    known = {"card": means.CARDS, "sepa_debit": means.IBANS}.get(kind, means.ACCOUNTS)
    return Markup(
        "".join(
            part("number", number=_spaced(number, kind), words=outcome.words)
            for number, outcome in known.items()
        )
    )


def _spaced(number: str, kind: str) -> str:
    return number if kind == "us_bank_account" else " ".join(re.findall(".{1,4}", number))


def _link(url: str | None, words: str) -> Markup:
    return part("back", url=url, words=words) if url else Markup("")


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
