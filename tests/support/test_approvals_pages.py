"""The inbox: who sees what, and what comes of each decision."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.models import Approval, AuditEvent
from accounts.operations import approvals, people
from core import clock
from payments.operations import refunds
from statements.models import Adjustment, BillingRun
from statements.operations import adjusting, publish, switching
from tariffs.operations import import_tariff
from tests.payments.paying import stands
from tests.statements.adjusting import adjust, session_with
from tests.statements.factories import (
    FLAT,
    OCTOBER,
    make_bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
    run_month,
)

pytestmark = pytest.mark.django_db
TOTAL = 5812


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)


@pytest.fixture
def finance(client):
    person = make_staff("finance")
    client.force_login(person)
    return person


@pytest.fixture
def adjustment(statement):
    return adjust(statement, -5500, session_with(statement))


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def url(approval):
    return reverse("support:approval", args=[approval.uid])


def inbox(client):
    return words(client.get(reverse("support:approvals")))


def decide(client, decision, approval=None, **said):
    approval = approval or Approval.objects.get()
    return client.post(url(approval), {"decision": decision, **said}, follow=True)


def test_finance_finds_an_adjustment_and_approves_it(client, statement, adjustment, finance):
    asked = Approval.objects.get()
    listed = inbox(client)
    assert "Approvals (1)" in listed
    assert f"Adjustment of a bill: {statement.number}" in listed
    page = words(client.get(url(asked)))
    assert "The bill, with its adjustments before: $58.12 after: $3.12" in page
    assert "The line was down for two days" in page

    done = words(decide(client, "approve"))

    assert "Approved, and done." in done
    assert "Nothing waits for you." in done and "Decided lately" in done
    adjustment.refresh_from_db()
    assert (adjustment.state, adjustment.decided_by) == ("posted", finance)
    assert stands(statement) == TOTAL - 5500


def test_it_is_returned_with_a_reason(client, statement, adjustment, finance):
    assert decide(client, "return", reason=" ").status_code == 422

    assert "Returned." in words(decide(client, "return", reason="It was two hours, not days"))

    adjustment.refresh_from_db()
    assert (adjustment.state, stands(statement)) == ("rejected", TOTAL)
    client.force_login(adjustment.requested_by)
    assert "It was two hours, not days" in words(client.get(url(Approval.objects.get())))


def test_who_asked_sees_it_waits_and_may_withdraw(client, adjustment):
    client.force_login(adjustment.requested_by)
    assert "Adjustment of a bill" in inbox(client)
    page = words(client.get(url(Approval.objects.get())))
    assert "another person must decide" in page and "Return it" not in page

    assert "another person must decide" in words(decide(client, "approve"))
    assert "Withdrawn." in words(decide(client, "withdraw"))

    adjustment.refresh_from_db()
    assert adjustment.state == "withdrawn"


def test_names_stay_masked(client, statement, adjustment, finance):
    statement.account.customer.name = "Zenobia Farquhar"
    statement.account.customer.save()
    for page in (reverse("support:approvals"), url(Approval.objects.get())):
        html = client.get(page).content.decode()
        assert "Zenobia" not in html and "Farquhar" not in html
        assert "Z. F." in html and statement.account.number in html


def test_the_look_of_who_decides_is_written_down(client, adjustment, finance):
    client.get(url(Approval.objects.get()))

    look = AuditEvent.objects.get(action="approval.look")
    assert (look.actor, look.basis, look.account_id) == (
        finance,
        "role",
        adjustment.statement.account_id,
    )


@pytest.mark.parametrize("role", ["billing_manager", "administrator", "cashier"])
def test_who_does_not_decide_on_a_kind_does_not_see_it(client, adjustment, role):
    client.force_login(make_staff(role))
    asked = Approval.objects.get()

    assert "Adjustment of a bill" not in inbox(client)
    assert client.get(url(asked)).status_code == 404
    assert client.post(url(asked), {"decision": "approve"}).status_code == 404
    assert Approval.objects.get().state == "pending"


def test_an_auditor_reads_all_and_decides_nothing(client, adjustment):
    client.force_login(make_staff("auditor"))
    asked = Approval.objects.get()

    assert "Adjustment of a bill" in inbox(client)
    assert "do not decide on it" in words(client.get(url(asked)))
    client.post(url(asked), {"decision": "approve"})
    assert Approval.objects.get().state == "pending"


@pytest.mark.parametrize("roles", [(), ("meter_employee",)])
def test_nobody_else_has_an_inbox(client, roles):
    client.force_login(make_staff(*roles))
    assert client.get(reverse("support:approvals")).status_code == 404


def test_what_changed_since_is_said_and_only_returned(client, statement, adjustment, finance):
    grant = adjustment.grant
    adjust(statement, -100, grant)
    asked = Approval.objects.get()

    page = client.get(url(asked))
    assert "It changed since it was asked for" in words(page)
    assert 'value="approve"' not in page.content.decode()
    assert "Return it, so that it is asked for anew" in words(decide(client, "approve"))
    assert "Returned." in words(decide(client, "return", reason="ask anew"))
    assert stands(statement) == TOTAL - 100


def test_decided_by_another_meanwhile_is_said(client, adjustment, finance):
    asked = Approval.objects.get()
    adjusting.reject_adjustment(
        adjustment,
        asked=Approval.objects.get(),
        decided_by=make_staff("finance"),
        reason="no",
        real_now=clock.real_now(),
    )
    assert "Somebody decided on it already." in words(decide(client, "approve", asked))


def test_a_strange_decision_changes_nothing(client, adjustment, finance):
    assert decide(client, "eat").status_code == 200
    assert Approval.objects.get().state == "pending"
    assert Adjustment.objects.get().state == "waiting"


def test_a_run_is_approved_or_returned(client, settings):
    settings.BILLING_APPROVAL = "second_person"
    read_steadily(make_home(FLAT).channel, OCTOBER)
    run = run_month(started_by=make_staff("billing_specialist").email)
    client.force_login(make_staff("billing_manager"))
    assert "Billing run: 2026-10" in inbox(client)

    assert "Returned." in words(decide(client, "return", reason="the gas price is wrong"))

    run.refresh_from_db()
    assert run.state == BillingRun.State.AWAITING_APPROVAL


def test_a_run_of_the_timetable_is_listed_without_a_request(client, settings):
    settings.BILLING_APPROVAL = "second_person"
    read_steadily(make_home(FLAT).channel, OCTOBER)
    run = run_month(started_by="system")
    client.force_login(make_staff("billing_manager"))

    html = client.get(reverse("support:approvals")).content.decode()

    assert reverse("statements:approve", args=[run.pk]) in html
    assert "Approvals (1)" in html


def test_prices_are_put_into_force_here(client):
    make_home(FLAT)
    dearer = [{**FLAT["charges"][0], "price": "0.2"}, FLAT["charges"][1]]
    draft = import_tariff(
        {**FLAT, "from": "2026-12-01", "change_summary": "Dearer", "charges": dearer},
        author=make_staff(),
    )
    publish.ask_to_publish(draft, requested_by=make_staff("billing_manager"))
    client.force_login(make_staff("billing_manager"))
    assert "Prices into force" in inbox(client)
    page = words(client.get(url(Approval.objects.get())))
    assert "Energy before: $0.12345 per kWh after: $0.20 per kWh" in page
    assert "Standing charge" not in page

    decide(client, "approve")

    draft.refresh_from_db()
    assert draft.state == "published"


def test_prices_that_cannot_be_put_into_force_say_why(client):
    make_bill(FLAT)
    draft = import_tariff({**FLAT, "from": "2026-10-15", "change_summary": "Dearer"}, author=None)
    publish.ask_to_publish(draft, requested_by=make_staff("billing_manager"))
    client.force_login(make_staff("billing_manager"))

    assert "is already billed up to" in words(decide(client, "approve"))
    assert Approval.objects.get().state == "pending"


def test_roles_are_given_here(client):
    person = make_staff("support")
    asker = make_staff("administrator")
    people.ask_role_change(
        person,
        ["support", "finance"],
        asked_by=asker,
        reason="covers for a colleague",
        real_now=clock.real_now(),
    )
    client.force_login(make_staff("administrator"))
    page = words(client.get(url(Approval.objects.get())))
    assert "Roles before: Support after: Support, Finance" in page

    decide(client, "approve")

    assert set(person.groups.values_list("name", flat=True)) == {"support", "finance"}


def test_every_kind_that_is_asked_for_is_in_the_table():
    from support.approvals.kinds import KINDS

    assert set(KINDS) == {
        refunds.KIND,
        adjusting.KIND,
        publish.KIND,
        publish.PLAN_KIND,
        switching.KIND,
        "billing_run.approve",
        "role.change",
    }


def test_the_inbox_takes_a_constant_number_of_queries(
    client, finance, django_assert_max_num_queries
):
    grants = []
    for _bill in range(3):
        bill = make_bill(FLAT)
        grants.append(adjust(bill, -5500, session_with(bill)))
    client.get(reverse("support:approvals"))

    with django_assert_max_num_queries(16):
        client.get(reverse("support:approvals"))
    assert len(grants) == approvals.Approval.objects.count()
