"""Finding the customer who calls, without showing who the others are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.operations.roles import grant_role
from support import search
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import (
    FLAT,
    IN_NOVEMBER,
    LONG_AGO,
    make_bill,
    make_home,
    make_staff,
    make_world,
)

pytestmark = pytest.mark.django_db
NAME, EMAIL, PHONE = "Ada Lovelace", "ada@example.org", "+12125552368"


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def service():
    return make_home()


@pytest.fixture
def account(service):
    account = service.agreement.account
    customer = account.customer
    customer.name, customer.email, customer.phone = NAME, EMAIL, PHONE
    customer.save()
    other = make_home().agreement.account.customer
    other.name = "Zenobia Farquhar"
    other.save()
    return account


def found(text):
    return [hit.number for hit in search.find(text, now=IN_NOVEMBER).hits]


def test_each_of_a_customers_numbers_finds_the_one(account, service):
    serial = service.channel.meter.serial
    number = account.number

    for typed in (
        number,
        f" {number[:4]}-{number[4:]} ",
        serial,
        EMAIL.upper(),
        PHONE,
        "+1 (212) 555-2368",
    ):
        assert found(typed) == [number], typed


def test_a_bill_finds_its_account():
    statement = make_bill(FLAT)

    assert found(statement.number.lower()) == [statement.account.number]


def test_the_login_of_a_holder_finds_the_account(account):
    person = make_user(email="grace@example.com", phone="+13025550111")
    grant_role(person, account, "holder", starts_at=LONG_AGO)

    assert found("grace@example.com") == found("+1 302 555 0111") == [account.number]


def test_an_access_that_has_ended_finds_nothing(account):
    person = make_user(email="grace@example.com")
    grant_role(person, account, "payer", starts_at=LONG_AGO, ends_at=IN_NOVEMBER)

    assert found("grace@example.com") == []


@pytest.mark.parametrize("typed", ["Ada", "lovel", "lace ada", "ada love"])
def test_a_name_is_found_by_the_beginnings_of_its_words(account, typed):
    assert found(typed) == ([] if typed.startswith("lace") else [account.number])


def test_a_street_is_found_by_its_beginning(account, service):
    street = service.agreement.usage_point.location.address_line

    assert account.number in found(street[:7])


def test_a_part_of_a_number_finds_nothing(account):
    assert found(account.number[:6]) == found(PHONE[:-1]) == found(EMAIL[:-1]) == []


def test_two_letters_and_wildcards_find_nothing(account):
    assert found("Ad") == found("%%%") == found("___") == []


def test_a_long_list_is_cut_and_says_so():
    for n in range(search.MOST + 1):
        make_account(f"Twin Number{n}")

    result = search.find("Twin", now=IN_NOVEMBER)

    assert (len(result.hits), result.has_more) == (search.MOST, True)


def test_many_hits_take_as_many_queries_as_one():
    make_account("Twin One")
    with CaptureQueriesContext(connection) as one:
        search.find("Twin", now=IN_NOVEMBER)
    for n in range(10):
        make_account(f"Twin Number{n}")
    with CaptureQueriesContext(connection) as many:
        search.find("Twin", now=IN_NOVEMBER)

    assert len(one) == len(many) <= 14


class TestPage:
    def search(self, client, typed, role="support"):
        client.force_login(make_staff(role))
        return client.post(reverse("support:search"), {"q": typed})

    def test_it_shows_a_mask_and_a_way_in(self, client, account):
        page = self.search(client, "Lovelace").content.decode()

        assert account.number in page and "A. L." in page and "Dover" in page
        assert "a…@e….org" in page and "… 68" in page
        assert reverse("support:start", args=[account.customer.uid]) in page
        for hidden in (EMAIL, PHONE, "Mill Lane", "Ada"):
            assert hidden not in page

    def test_a_cashier_sees_the_balance_and_no_way_in(self, client, account):
        page = self.search(client, account.number, "cashier").content.decode()

        assert "$0.00" in page and "/help/start/" not in page

    @pytest.mark.parametrize("role", ["auditor", "billing_manager", "meter_employee"])
    def test_others_have_no_search(self, client, account, role):
        assert self.search(client, account.number, role).status_code == 404

    def test_each_search_is_written_down(self, client, account):
        self.search(client, "Lovelace")

        [event] = AuditEvent.objects.filter(kind="search")
        assert event.detail == {"terms": "Lovelace", "found": 1}

    def test_what_is_looked_for_is_in_no_address(self, client, account):
        client.force_login(make_staff("support"))

        page = client.get(reverse("support:search"), {"q": "Lovelace"})

        assert account.number not in page.content.decode()
        assert not AuditEvent.objects.filter(kind="search").exists()

    def test_after_thirty_searches_one_waits(self, client, account):
        client.force_login(make_staff("support"))
        answers = [client.post(reverse("support:search"), {"q": "Lovelace"}) for _ in range(31)]

        assert [each.status_code for each in answers] == [200] * 30 + [422]
        assert account.number not in answers[-1].content.decode()

    @pytest.mark.parametrize("typed", ["", "ab", "x" * 121])
    def test_too_short_or_long_is_said(self, client, typed):
        assert self.search(client, typed).status_code == 422
