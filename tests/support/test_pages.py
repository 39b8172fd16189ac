"""The help pages as an employee walks them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import clock
from tests.statements.factories import FLAT, make_bill, make_staff, make_world
from tests.support.helping import open_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)


@pytest.fixture
def customer(statement):
    customer = statement.account.customer
    customer.email, customer.phone = "ada@example.org", "+12125552368"
    customer.postal_address = "7 Postal Road\nDover"
    customer.save()
    return customer


@pytest.fixture
def employee(client):
    person = make_staff("support")
    client.force_login(person)
    return person


@pytest.fixture
def grant(employee, customer):
    return open_session(employee, customer, at=clock.real_now())


def field(grant, **more):
    return {"help_session": str(grant.uid), **more}


def test_every_page_of_the_room_opens(client, statement, customer, grant):
    number = statement.number
    for name, args in [
        ("customer", []),
        ("bill", [number]),
        ("payments", [statement.account.number]),
        ("extend", []),
        ("end", []),
        ("message", []),
        ("search", []),
        ("relations", []),
    ]:
        page = client.get(reverse(f"support:{name}", args=args))

        assert page.status_code == 200, name
        assert "until" in page.content.decode() and "helping" in page.content.decode()
