"""Late fees at the desk: waived with a reason, and a policy that only grows versions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from ledger.operations import close_period
from payments.models import LateFee, LateFeePolicy
from tests.payments.desk import SEEING, answers, only, queries_of, set_clock
from tests.payments.late import charge, day, make_policy
from tests.payments.paying import stands
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
LIST, POLICIES, NEW = (
    "/desk/late-fees/",
    "/desk/late-fees/policies/",
    "/desk/late-fees/policies/new/",
)
TODAY = datetime(2026, 12, 5, 15, tzinfo=UTC)
CARD = "4242 4242 4242 4242"


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    make_world()
    set_clock(settings, tmp_path, TODAY)


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


@pytest.fixture
def fee(statement):
    make_policy()
    charge(day(6))
    return LateFee.objects.get()  # 5.00


def url_of(fee):
    return reverse("payments:late_fee_waive", args=[fee.pk])


def terms(**changes):
    return {
        "starts_on": "2027-01-01",
        "grace_days": "10",
        "flat": "5.00",
        "percent": "1.5",
        "cap": "12.00",
        "tolerance": "2",
        "steps": "2",
        "days_between_steps": "30",
        "sample": "400",
        **changes,
    }


def test_who_sees_and_who_decides(client, fee):
    assert answers(client, LIST) == only(*SEEING)
    assert answers(client, POLICIES) == only(*SEEING)
    assert answers(client, url_of(fee)) == only("finance", "billing_manager")
    assert answers(client, NEW) == only("billing_manager")


@pytest.mark.parametrize("role", ["cashier", "auditor", "support", "administrator"])
def test_others_change_nothing(client, fee, role):
    client.force_login(make_staff(role))

    assert client.post(url_of(fee), {"reason": "Kind"}).status_code == 404
    assert client.post(NEW, terms(confirmed="1")).status_code == 404
    fee.refresh_from_db()
    assert (fee.state, LateFeePolicy.objects.count()) == ("charged", 1)


@pytest.mark.parametrize("role", ["finance", "billing_manager"])
def test_a_fee_is_waived_with_a_reason_once(client, fee, statement, role):
    user = make_staff(role)
    client.force_login(user)
    assert stands(statement) == 6312

    page = client.post(url_of(fee), {"reason": "Our letter was late"}, follow=True)
    again = client.post(url_of(fee), {"reason": "Twice"}, follow=True)

    fee.refresh_from_db()
    assert (fee.state, fee.waived_by, fee.waive_reason) == (
        "waived",
        user.email,
        "Our letter was late",
    )
    assert stands(statement) == 5812
    assert "Our letter was late" in page.text
    assert "waived already" in again.text
    assert "waived already" in client.get(url_of(fee)).text


@pytest.mark.parametrize("reason", ["", " ", "x" * 201, f"Card {CARD}", "a\0b"])
def test_a_wrong_reason_is_answered_at_its_field(client, fee, reason):
    client.force_login(make_staff("finance"))

    page = client.post(url_of(fee), {"reason": reason})

    assert page.status_code == 422
    assert "reason" in page.context["form"].errors
    fee.refresh_from_db()
    assert fee.state == "charged"


def test_closed_books_are_answered_calmly(client, fee):
    close_period(TODAY.date(), actor="finance")
    client.force_login(make_staff("finance"))

    page = client.post(url_of(fee), {"reason": "Kind"}, follow=True)

    assert "The books of today are closed" in page.text


def test_the_list_takes_as_many_queries_for_many_rows(client, fee):
    client.force_login(make_staff("finance"))
    one = queries_of(client, LIST)
    for _ in range(3):
        make_bill(FLAT)
    charge(day(6))
    assert LateFee.objects.count() == 4

    assert queries_of(client, LIST) == one


def test_a_version_is_tried_out_before_it_is_kept(client):
    """
    step 1  5.00 + 1.5 % of 400.00 = 11.00
    step 2  the cap of 12.00 leaves 1.00
    """
    manager = make_staff("billing_manager")
    client.force_login(manager)

    tried = client.post(NEW, terms())
    assert [sample.fee_minor for sample in tried.context["samples"]] == [1100, 100]
    assert not LateFeePolicy.objects.exists()
    done = client.post(NEW, terms(confirmed="1"), follow=True)

    policy = LateFeePolicy.objects.get()
    assert done.redirect_chain == [(POLICIES, 302)]
    assert (policy.version, policy.starts_on, policy.flat_minor) == (1, date(2027, 1, 1), 500)
    assert (policy.cap_minor, policy.tolerance_minor) == (1200, 200)
    assert (policy.currency, policy.created_by) == ("USD", manager.email)


def test_a_version_sent_twice_is_kept_once(client):
    client.force_login(make_staff("billing_manager"))

    client.post(NEW, terms(confirmed="1"))
    again = client.post(NEW, terms(confirmed="1"))

    assert again.status_code == 422
    assert "choose a later day" in again.text
    assert LateFeePolicy.objects.count() == 1


def test_a_bill_within_the_tolerance_costs_nothing_in_the_example(client):
    client.force_login(make_staff("billing_manager"))

    tried = client.post(NEW, terms(sample="2.00"))

    assert [sample.fee_minor for sample in tried.context["samples"]] == [0, 0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": "2026-12-04"}, "starts_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"grace_days": "-1"}, "grace_days"),
        ({"flat": "-1"}, "flat"),
        ({"flat": "1.005"}, "flat"),
        ({"percent": "101"}, "percent"),
        ({"percent": "NaN"}, "percent"),
        ({"cap": "0"}, "cap"),
        ({"tolerance": ""}, "tolerance"),
        ({"steps": "0"}, "steps"),
        ({"steps": "9999999999999999999999"}, "steps"),
        ({"days_between_steps": "0"}, "days_between_steps"),
        ({"sample": "0"}, "sample"),
    ],
)
def test_wrong_terms_are_answered_at_their_field(client, changes, field):
    client.force_login(make_staff("billing_manager"))

    page = client.post(NEW, terms(confirmed="1", **changes))

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not LateFeePolicy.objects.exists()


def test_a_new_version_begins_with_the_terms_of_the_last(client):
    make_policy(flat_minor=750, percent="10", cap_minor=None)
    client.force_login(make_staff("billing_manager"))

    form = client.get(NEW).context["form"]

    assert [str(form[name].value()) for name in ("flat", "percent")] == ["7.50", "10"]
    assert form["cap"].value() is None


def test_the_versions_tell_which_is_in_force(client):
    make_policy(starts_on=date(2024, 1, 1))
    make_policy(starts_on=date(2026, 1, 1))
    make_policy(starts_on=date(2027, 1, 1))
    client.force_login(make_staff("auditor"))

    rows = client.get(POLICIES).context["policies"]

    assert [(row.policy.version, row.state) for row in rows] == [
        (3, "To come"),
        (2, "In force"),
        (1, "For older bills"),
    ]


def test_what_does_not_exist_is_not_found(client):
    client.force_login(make_staff("finance"))

    assert client.get("/desk/late-fees/77/waive/").status_code == 404


def test_a_forged_form_changes_nothing(fee):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_staff("billing_manager"))

    assert strict.post(url_of(fee), {"reason": "Kind"}).status_code == 403
    assert strict.post(NEW, terms(confirmed="1")).status_code == 403
