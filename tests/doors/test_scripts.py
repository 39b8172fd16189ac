"""Script in every text of every row, and in what people ask for: shown as text on every page."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils.html import escape

from core.db.unguarded import unguarded
from tests.doors.pages import WALKERS, addresses, body, is_page

pytestmark = pytest.mark.django_db
MARK = "<b zq='1\">x"  # closes an attribute of either kind, and opens an element
FIELD = re.compile(r'<(?:input|select|textarea)[^>]*? name="([\w.-]+)"')
OPENS = ("<b zq", "zq='1\">x")
NOT_OURS = {"admin", "auth", "contenttypes", "sessions", "account", "usersessions", "otp_totp"}
# Words of a program: a row would not be found, read or drawn with another value.
CODES = {
    *("key", "currency", "language", "zone_name", "timezone", "password", "object_type", "role"),
    *(
        "from_state",
        "to_state",
        "action",
        "kind",
        "state",
        "status",
        "reason",
        "formula",
        "hash",
        "digest",
        "fingerprint",
    ),
}


def texts():
    """Yield every model of ours with the fields in which somebody may have typed."""
    for model in apps.get_models():
        if model._meta.app_label in NOT_OURS or not model._meta.managed:
            continue
        found = [field for field in model._meta.local_concrete_fields if is_typed(field)]
        if found:
            yield model, found


def is_typed(field) -> bool:
    is_text = type(field) in (models.CharField, models.TextField)
    fits = not field.max_length or field.max_length >= len(MARK)
    return is_text and fits and not (field.choices or field.unique or field.name in CODES)


@pytest.fixture(scope="module")
def marked(world):
    """The world with the mark in every text that the database takes it in."""
    with unguarded(connection):
        found = [
            f"{model._meta.label}.{field.name}"
            for model, fields in texts()
            for field in fields
            if mark(model, field)
        ]
    return world, found


def mark(model, field) -> bool:
    """Write the mark into all rows; a constraint may refuse it."""
    try:
        with transaction.atomic():
            return bool(model._base_manager.update(**{field.name: MARK}))
    except DatabaseError:
        return False


def test_the_mark_stands_where_people_type(marked):
    _world, found = marked

    assert len(found) > 40
    assert set(found) >= {
        "accounts.Customer.name",
        "accounts.User.name",
        "accounts.AssistanceGrant.note",
        "meters.ServiceLocation.address_line",
        "notifications.Notice.subject",
        "notifications.Notice.body",
        "payments.PaymentCase.note",
        "tariffs.Tariff.name",
    }


READERS = (*WALKERS, "meter_employee", "cashier", "billing_manager", "auditor")
ASKED = f"?q={MARK}&{MARK}={MARK}&name={MARK}"


@pytest.mark.parametrize(
    ("name", "query"),
    [*((name, "") for name in READERS), *((name, ASKED) for name in WALKERS)],
    ids=lambda text: text if text in READERS else "asked" if text else "read",
)
def test_no_page_lets_it_open_an_element(marked, name, query):
    world, _found = marked
    person, escaped = world.people[name], 0
    faults = []
    for _route, address in addresses(world, person):
        if address.endswith("pdf/") or address.endswith(".pdf"):
            continue
        savepoint = transaction.savepoint()
        answer = person.ask("GET", f"{address}{query}")
        said = body(answer) if is_page(answer) else ""
        transaction.savepoint_rollback(savepoint)
        escaped += escape(MARK)[:8] in said
        faults += [f"{address}: {answer.status_code}"] if is_open(said, answer) else []

    assert faults == []
    assert escaped > 0


def is_open(said, answer) -> bool:
    return any(each in said for each in OPENS) or answer.status_code == 500


@pytest.mark.parametrize("name", ["anonymous", "customer", "administrator", "support_helping"])
def test_what_a_form_shows_again_is_text(world, name):
    """Every field of every form is sent with the mark; what comes back is never an element."""
    person, faults, sent = world.people[name], [], 0
    for _route, address in addresses(world, person):
        savepoint = transaction.savepoint()
        page = person.ask("GET", address)
        fields = typed_fields(page)
        answer = person.ask("POST", address, dict.fromkeys(sorted(fields), MARK))
        said = body(answer) if is_page(answer) else ""
        transaction.savepoint_rollback(savepoint)
        sent += bool(fields)
        faults += [f"{address}: {answer.status_code}"] if is_open(said, answer) else []

    assert faults == []
    assert sent > 2


def typed_fields(page) -> set[str]:
    """Return the names of the fields that a page's forms have."""
    return set(FIELD.findall(body(page))) if is_page(page) else set()
