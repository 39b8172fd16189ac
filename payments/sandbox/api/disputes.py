"""Disputes over HTTP: read only, since customers and banks open them."""

from __future__ import annotations

from payments.sandbox import forms, listing
from payments.sandbox.books import Books, Json
from payments.sandbox.provider import Sandbox


def read(sandbox: Sandbox, books: Books, params: Json, which: str) -> Json:
    forms.only(params, set())
    return books.get("dispute", which)


def several(sandbox: Sandbox, books: Books, params: Json) -> Json:
    fields = {"payment_intent": "parent", "charge": "charge"}
    return listing.page(books, "dispute", "/v1/disputes", params, fields=fields)
