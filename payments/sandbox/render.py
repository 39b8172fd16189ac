"""Templates from files; every value is escaped unless it is already markup."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from string import Template

from payments.sandbox.http_answers import HTML, Answer

PAGES = Path(__file__).parent / "pages"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
NO_DECIMALS = {"jpy", "krw", "vnd", "clp", "isk"}
SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}


class Markup(str):
    """Text that is markup already."""


def part(template: str, /, **values: object) -> Markup:
    """Return a piece of a page with its values put in."""
    said = {
        key: str(value) if isinstance(value, Markup) else escape(str(value))
        for key, value in values.items()
    }
    return Markup(_template(template).substitute(said))


def whole(title: str, body: Markup, *, status: int = 200) -> Answer:
    """Return a whole page."""
    text = part("base", title=title, body=body)
    return Answer(status, text.encode(), HTML, dict(HEADERS))


def money(amount: int, currency: str) -> str:
    """Return an amount in minor units as people write it."""
    sign = SIGNS.get(currency, f"{currency.upper()} ")
    minus = "-" if amount < 0 else ""
    if currency in NO_DECIMALS:
        return f"{minus}{sign}{abs(amount):,}"
    return f"{minus}{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02}"


@cache
def _template(name: str) -> Template:
    return Template((PAGES / f"{name}.html").read_text(encoding="utf-8"))
