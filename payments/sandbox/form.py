"""The form of the hosted page: one way to pay at a time, with what was wrong said at its field."""

from __future__ import annotations

import json
import re

from payments.sandbox.books import Books, Json
from payments.sandbox.effects import means, paying
from payments.sandbox.http_answers import Answer
from payments.sandbox.provider import Sandbox
from payments.sandbox.render import Markup, money, part, whole
from payments.sandbox.typed import kind_of

KINDS = {"card": "Card", "us_bank_account": "Bank account", "sepa_debit": "Bank account (IBAN)"}


def show(
    sandbox: Sandbox, books: Books, session: Json, *, typed: dict[str, str], wrong: dict[str, str]
) -> Answer:
    """Return the page; `wrong` says by field what is to be put right."""
    kind = kind_of(session, typed)
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
        advice=part("advice") if kind == "card" else "",
        back=link(session["cancel_url"], f"Back to {sandbox.config.merchant}"),
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


def _fields(kind: str, session: Json, typed: dict[str, str], wrong: dict[str, str]) -> Markup:
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


def _heading(wrong: dict[str, str]) -> str:
    declined = set(wrong.values()) & {*means.WORDS.values(), means.LIVE, paying.UNPROVEN}
    return "The payment did not go through" if declined else "Please check the form"


def _summary(wrong: dict[str, str]) -> Markup:
    if not wrong:
        return Markup("")
    lines = "".join(part("summary_line", name=name, words=words) for name, words in wrong.items())
    return part("summary", heading=_heading(wrong), lines=Markup(lines))


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


def link(url: str | None, words: str) -> Markup:
    """Return a link, or nothing without an address."""
    return part("back", url=url, words=words) if url else Markup("")
