"""Finance and auditors read names where one payment is looked at; every look is written down."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from tests.payments.returning import ask, paid
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
NAME = "Ada Lovelace"


@pytest.fixture
def pages(provider):
    """Return the pages of one payment by the name of what is looked at."""
    make_world()
    payment = paid(make_bill(FLAT), provider)
    refund = ask(payment, make_staff("cashier"), 100)
    return {
        "payment.look": reverse("payments:desk_payment", args=[payment.reference]),
        "attempt.look": reverse("payments:attempt", args=[payment.attempt.reference]),
        "refund.look": reverse("payments:refund", args=[refund.uid]),
    }


@pytest.mark.parametrize(
    ("role", "sees_name"),
    [("finance", True), ("auditor", True), ("cashier", False), ("billing_manager", False)],
)
def test_who_reads_the_name_and_that_everybody_is_noted(client, pages, role, sees_name):
    person = make_staff(role)
    client.force_login(person)

    for action, page in pages.items():
        shown = client.get(page)

        assert shown.status_code == 200
        assert (NAME in shown.text) == sees_name, page
        assert sees_name or "A. L." in shown.text
        look = AuditEvent.objects.get(kind="read", action=action)
        assert (look.actor, look.basis, look.grant) == (person, "role", None)
        assert look.customer_id == look.account.customer_id


def test_lists_are_masked_and_note_nothing(client, pages):
    client.force_login(make_staff("finance"))

    for name in ("desk_payments", "attempts", "refunds", "late_fees", "cases"):
        assert NAME not in client.get(reverse(f"payments:{name}")).text

    assert not AuditEvent.objects.filter(kind="read").exists()


def test_whoever_may_not_look_leaves_no_note(client, pages):
    client.force_login(make_staff("support"))

    assert {client.get(page).status_code for page in pages.values()} == {404}
    assert not AuditEvent.objects.filter(kind="read").exists()
