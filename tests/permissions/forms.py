"""The forms of a page as a browser would send them, and fields that no page ever showed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import models

from tests.permissions.sides import Side

PLANTED = "planted-by-hand"
TOKEN = "csrfmiddlewaretoken"
NOT_PLANTED = ("id", "confirmed")  # the second is how a person confirms what a page shows
OURS = ("accounts", "meters", "tariffs", "ledger", "notifications", "statements", "payments")


class Forms(HTMLParser):
    """Collects the fields of every form that is sent by POST, with what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], set[str]]] = []
        self._open = False
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = a.get("method", "").lower() == "post"
            if self._open:
                self.found.append((a.get("action", ""), {}, set()))
        elif self._open:
            self._field(tag, a)

    def _field(self, tag: str, a: dict[str, str]) -> None:
        name = a.get("name", "")
        self.found[-1][2].add(name)
        if tag == "input" and name and a.get("type") not in ("submit", "button", "image"):
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self._fields[name] = a.get("value", "on" if a.get("type") == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in a:
            self._fields[self._select] = a.get("value", "")
        elif tag == "textarea":
            self._area, self._fields[name] = name, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._fields[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    @property
    def _fields(self) -> dict[str, str]:
        return self.found[-1][1]


def form_of(html: str, address: str) -> tuple[dict[str, str], set[str]]:
    """Return what the form that is sent to this address holds, and the names of its fields."""
    parser = Forms()
    parser.feed(html)
    sent = [form[1:] for form in parser.found if form[0].split("?")[0] in ("", address)]
    fields, names = max(sent, key=lambda form: len(form[1]), default=({}, set()))
    return {name: value for name, value in fields.items() if name != TOKEN}, names


def planted(side: Side) -> dict[str, Any]:
    """Return a value for every field of every model, which belongs to this customer if it can."""
    found: dict[str, Any] = {"groups": "1", "user_permissions": "1", "password": PLANTED}
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                found |= dict.fromkeys((field.name, field.attname), _value(field, side))
    return {name: value for name, value in found.items() if name not in NOT_PLANTED}


def _value(field: models.Field, side: Side) -> str:
    if field.is_relation:
        return str(_other(field, side))
    if field.choices:
        return str(list(field.choices)[-1][0])
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.DateTimeField):
        return datetime(2031, 1, 2, 3, tzinfo=UTC).isoformat()
    if isinstance(field, models.DateField):
        return date(2031, 1, 2).isoformat()
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return str(Decimal(77))
    return PLANTED


def _other(field: models.Field, side: Side) -> object:
    """Return the key of a row of the other customer, or of any row."""
    known = {type(side.customer): side.customer, type(side.account): side.account}
    known |= {type(row): row for row in side.rows.values() if isinstance(row, models.Model)}
    known[type(side.holder)] = side.holder
    row = known.get(field.related_model) or field.related_model._default_manager.first()
    return row.pk if row else 1
