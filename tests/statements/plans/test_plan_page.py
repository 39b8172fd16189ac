"""My plan and prices: what it shows, who may ask, and that its totals are those of bills."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Approval
from accounts.operations import grant_role
from core import clock
from statements.models import Statement
from statements.operations import switching
from statements.operations.assign import assign_plan, next_cycle
from statements.pricing.advice import advice
from tariffs import engine
from tariffs.models import TariffVersion, TaxRule
from tests.accounts.factories import make_user
from tests.statements import factories as make
from tests.statements.factories import LONG_AGO, make_staff
from tests.statements.pricing.homes import NOW, TODAY, YEAR, energy, fee, offer, read_year, tariff
from tests.support.helping import open_session

pytestmark = pytest.mark.django_db
PRESENT = tariff("present", energy("0.10"), fee("10.00"))
CHEAP = tariff("cheap", energy("0.09"), fee("12.00"))
DEAR = tariff("dear", energy("0.12"))


@pytest.fixture
def home(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.make_world()
    TaxRule.objects.all().delete()
    return make.make_home(PRESENT)


def rise(version, on):
    """Publish a price of 0.12 from a day on."""
    TariffVersion.objects.filter(pk=version.pk).update(ends_on=on)
    later = {**PRESENT, "from": on.isoformat(), "charges": [energy("0.12"), fee("10.00")]}
    TariffVersion.objects.create(
        tariff=version.tariff, number=2, state="published", rate_type="flat", starts_on=on,
        currency="USD", definition=later, digest=engine.parse(later).digest,
        change_summary="More", published_at=LONG_AGO,
    )  # fmt: skip


def signed_in(client, home, role="holder"):
    person = make_user(f"{role}@mail.example")
    grant_role(person, home.agreement.account, role=role, starts_at=LONG_AGO)
    client.force_login(person)
    return person


def url(home, name="plan"):
    return reverse(f"statements:{name}", args=[home.agreement.account.number])


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_prices_the_comparison_and_the_next_change(client, home):
    """996.00 now, 932.40 with cheap; from 1 December 0.12: 1051.20 + 120 = 1171.20, +175.20."""
    read_year(home)
    offer(CHEAP)
    offer(DEAR)
    rise(home.version, date(2026, 12, 1))
    signed_in(client, home)

    page = words(client.get(url(home)))

    assert "$0.10 per kWh" in page
    assert "$10.00 per billing period" in page
    assert "Yes. Cheap would have cost $63.60 less." in page
    assert "Dear $1,051.20 $55.20 more" in page
    assert "What changes on December 1, 2026" in page
    assert "would have cost $1,171.20 in place of $996.00 : +$175.20." in page
    assert "Energy $0.10 per kWh $0.12 per kWh" in page


def test_a_year_that_is_not_read_whole_is_not_compared(client, home):
    read_year(home, months=YEAR[4:])
    offer(CHEAP)
    signed_in(client, home)

    page = words(client.get(url(home)))

    assert "We cannot compare yet. Complete readings cover 67 %" in page
    assert "less." not in page


def test_the_present_plan_is_named_where_it_is_the_cheapest(client, home):
    read_year(home)
    offer(DEAR)
    signed_in(client, home)

    assert "No. Of the plans that you can have, yours would have cost least." in words(
        client.get(url(home))
    )


def test_a_plan_without_a_price_for_what_was_used_is_told_apart(client, home):
    read_year(home)
    offer(tariff("basic", fee("0.99")))
    signed_in(client, home)

    page = words(client.get(url(home)))

    assert "No. Of the plans that can be compared, yours would have cost least." in page
    assert (
        "Basic fits, but has no price for a part of what you use. So we do not compare it." in page
    )
    assert "$11.88" not in page
    offer(CHEAP)
    assert "Yes. Cheap would have cost $63.60 less." in words(client.get(url(home)))


def test_the_total_is_what_bills_of_those_months_come_to(home):
    read_year(home)
    for year, month in YEAR[-2:]:
        make.bill(home, month=f"{year}-{month:02d}")

    billed = sum(Statement.objects.values_list("total_minor", flat=True))
    found = advice(home.agreement, TODAY)

    assert found.present.total_minor == 996_00
    assert billed == 2 * 10_00 + (30 * 24 + 31 * 24) * 10


def test_asking_shows_the_first_bill_is_kept_once_and_taken_back(client, home):
    read_year(home)
    cheap = offer(CHEAP)
    holder = signed_in(client, home)
    choice = f"{home.agreement.pk}:{cheap.plan.code}"

    assert "Cheap" in words(client.get(url(home, "plan_switch")))
    assert client.get(url(home, "plan_switch"), {"choice": "9:none"}).status_code == 422
    check = words(client.get(url(home, "plan_switch"), {"choice": choice}))
    assert "Ask for Cheap?" in check
    assert "Total with tax $78.96" in check  # October: 744 x 0.09 = 66.96, and 12.00
    assert not Approval.objects.exists()
    sent = {"choice": choice, "confirmed": "1", "note": "By day we are out"}
    for _click in range(2):
        assert client.post(url(home, "plan_switch"), sent).status_code == 302
    asked = Approval.objects.get()
    assert (asked.requested_by, asked.reason) == (holder, "By day we are out")
    assert "You asked for Cheap on" in words(client.get(url(home)))

    client.post(url(home, "plan_switch"), {"withdraw": str(asked.uid)})

    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert "You asked for" not in words(client.get(url(home)))
    starts_at = next_cycle(home.agreement, now=NOW)
    assign_plan(home.agreement, cheap, starts_at=starts_at, actor=None)
    coming = words(client.get(url(home)))
    assert "From December 1, 2026 on, your plan is Cheap ." in coming
    assert "$63.60 less It is to follow" in coming


def test_who_only_sees_does_not_ask_and_strangers_see_nothing(client, home):
    signed_in(client, home, role="read_only")
    assert "Ask to switch" not in words(client.get(url(home)))
    assert client.get(url(home, "plan_switch")).status_code == 404
    client.force_login(make_user("stranger@mail.example"))
    assert client.get(url(home)).status_code == 404


def test_more_services_cost_the_same_number_of_queries_each(client, home):
    signed_in(client, home)
    one = _queries(client, home)
    make.make_service(home.agreement.account, tariff("two", energy("0.11")))
    two = _queries(client, home)
    make.make_service(home.agreement.account, tariff("three", energy("0.12")))
    three = _queries(client, home)

    assert two - one <= one
    assert three - two <= two - one + 12  # one plan more to compare for each


def _queries(client, home):
    client.get(url(home))
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(url(home))
    return len(found)


def test_an_employee_changes_the_plan_in_the_room(client, home):
    read_year(home)
    cheap = offer(CHEAP)
    employee = make_staff("support")
    client.force_login(employee)
    address = reverse("support:edit_plan", args=[home.agreement.pk])
    assert client.get(address).status_code == 303
    grant = open_session(employee, home.agreement.account.customer, at=clock.real_now())
    sent = {"help_session": str(grant.uid), "plan": cheap.plan.code, "begins": "next"}

    assert "Cheap" in words(client.get(address))
    wrong = client.post(address, {**sent, "begins": "day"})
    assert (wrong.status_code, "Say from which day." in words(wrong)) == (422, True)
    for day in ("9999-12-31", "0001-01-01"):
        wrong = client.post(address, {**sent, "begins": "day", "day": day})
        assert (wrong.status_code, "Choose another day." in words(wrong)) == (422, True)
    check = words(client.post(address, sent))
    assert "Plan before Present Plan after Cheap From December 1, 2026" in check
    done = client.post(address, {**sent, "confirmed": "1"}, follow=True)

    assert "The plan is changed, and the customer is told." in words(done)
    last = home.agreement.plans.order_by("starts_at").last()
    assert (last.plan_version, last.starts_at.date()) == (cheap, date(2026, 12, 1))
    other = make.make_home(DEAR)
    elsewhere = reverse("support:edit_plan", args=[other.agreement.pk])
    assert client.get(elsewhere).status_code == 404


def test_billing_reads_what_it_would_cost_and_decides(client, home):
    read_year(home)
    cheap = offer(CHEAP)
    holder = signed_in(client, home)
    asked = switching.ask_to_switch(
        home.agreement, cheap.plan, by=holder, now=NOW, real_now=clock.real_now()
    )
    client.force_login(make_staff("billing_specialist"))
    address = reverse("support:approval", args=[asked.uid])

    page = words(client.get(address))
    assert "Plan before: Present after: Cheap" in page
    assert "October 2026 would have come to $78.96" in page
    assert holder.get_full_name() not in page
    assert holder.get_full_name() not in words(client.get(reverse("support:approvals")))
    client.post(address, {"decision": "approve", "note": ""})

    asked.refresh_from_db()
    assert asked.state == "approved"
    assert home.agreement.plans.order_by("starts_at").last().plan_version == cheap
