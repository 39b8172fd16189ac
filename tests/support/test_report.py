"""What supervisors see, review and end."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import DeclaredRelation
from accounts.operations import grants
from core import clock
from tests.accounts.factories import make_account, make_utility
from tests.statements.factories import make_staff
from tests.support.helping import NOTE, open_session

pytestmark = pytest.mark.django_db
REVIEW = {"verdict": "justified", "note": "the fire brigade asked for it"}


@pytest.fixture(autouse=True)
def utility():
    make_utility()


@pytest.fixture
def customer():
    return make_account("Zenobia Farquhar").customer


@pytest.fixture
def emergency(customer):
    return grants.open_emergency(
        make_staff("support"), customer, note="gas smell at the house", real_now=clock.real_now()
    )


def page_of(client, grant):
    return client.get(reverse("support:session", args=[grant.uid])).content.decode()


@pytest.mark.parametrize("role", ["administrator", "billing_manager", "auditor"])
def test_reviewers_see_sessions_without_names_of_customers(client, customer, emergency, role):
    client.force_login(make_staff(role))

    report = client.get(reverse("support:report")).content.decode()

    assert "gas smell at the house" in report and "Z. F." in report
    assert customer.name not in report + page_of(client, emergency)


@pytest.mark.parametrize("role", ["support", "billing_specialist", "finance", "cashier"])
def test_others_see_no_report(client, emergency, role):
    client.force_login(make_staff(role))

    for page in (reverse("support:report"), reverse("support:session", args=[emergency.uid])):
        assert client.get(page).status_code == 404


def test_another_person_reviews(client, emergency):
    reviewer = make_staff("auditor")
    client.force_login(reviewer)

    client.post(reverse("support:session", args=[emergency.uid]), REVIEW)

    emergency.refresh_from_db()
    assert (emergency.review, emergency.reviewed_by) == ("justified", reviewer)
    assert "No emergency session waits" in client.get(reverse("support:report")).content.decode()


def test_a_review_says_why(client, emergency):
    client.force_login(make_staff("auditor"))

    answer = client.post(reverse("support:session", args=[emergency.uid]), REVIEW | {"note": "ok"})

    assert answer.status_code == 422


def test_nobody_reviews_their_own(client, customer):
    admin = make_staff("administrator")
    grant = grants.open_emergency(
        admin, customer, note="gas smell at the house", real_now=clock.real_now()
    )
    client.force_login(admin)

    assert "Keep the review" not in page_of(client, grant)
    client.post(reverse("support:session", args=[grant.uid]), REVIEW)

    grant.refresh_from_db()
    assert grant.reviewed_at is None


def test_the_report_counts_by_employee(client, customer):
    employee = make_staff("support")
    for n in range(3):
        grant = open_session(employee, customer, at=clock.real_now(), ticket=f"T-{n}")
        grants.end(grant, outcome="solved", note="", real_now=clock.real_now())
    client.force_login(make_staff("auditor"))

    context = client.get(reverse("support:report")).context

    [row] = context["people"]
    assert (row["sessions"], row["unproven"], row["emergencies"]) == (3, 0, 0)
    assert NOTE not in str(context["waiting"])


class TestRelations:
    def declare(self, client, number):
        return client.post(reverse("support:relations"), {"number": number, "note": "sister"})

    def test_one_declares_ones_own(self, client, customer):
        person = make_staff("cashier")
        client.force_login(person)

        self.declare(client, customer.accounts.get().number)

        relation = DeclaredRelation.objects.get()
        assert (relation.employee, relation.customer) == (person, customer)
        page = client.get(reverse("support:relations")).content.decode()
        assert "Z. F." in page and customer.name not in page

    def test_a_number_that_is_none_is_said(self, client):
        client.force_login(make_staff("support"))

        assert self.declare(client, "1234567890").status_code == 422

    def test_colleagues_do_not_see_it(self, client, customer):
        client.force_login(make_staff("support"))
        self.declare(client, customer.accounts.get().number)
        client.force_login(make_staff("support"))

        assert "Z. F." not in client.get(reverse("support:relations")).content.decode()

    def test_an_administrator_ends_it_and_nobody_their_own(self, client, customer):
        admin = make_staff("administrator")
        client.force_login(admin)
        self.declare(client, customer.accounts.get().number)
        end = reverse("support:end_relation", args=[DeclaredRelation.objects.get().pk])
        client.post(end)
        assert DeclaredRelation.objects.get().ended_at is None

        client.force_login(make_staff("administrator"))
        client.post(end)

        assert DeclaredRelation.objects.get().ended_at is not None
