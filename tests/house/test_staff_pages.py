"""The console starts a month; the health page says what waits."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.staff import StaffRole, group_of
from statements.models import BillingRun
from tests.statements import factories as make

pytestmark = pytest.mark.django_db


def staff(*roles):
    user = User.objects.create_user(f"{'-'.join(roles) or 'nobody'}@example.org", is_staff=True)
    user.groups.set([group_of(StaffRole(role)) for role in roles])
    return user


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    make.make_world()
    (tmp_path / "clock").write_text("2026-11-05T12:00:00+00:00")
    settings.CLOCK_FILE = str(tmp_path / "clock")


def test_a_billing_manager_closes_a_month_from_the_console(client):
    service = make.make_home()
    make.read_steadily(service.channel, make.OCTOBER)
    client.force_login(staff("billing_manager"))
    cycle = {"cycle": 1, "month": "2026-10"}

    page = client.get(reverse("statements:start"))
    cycle["cycle"] = page.context["form"].fields["cycle"].queryset.get().pk
    answer = client.post(reverse("statements:start"), cycle)

    run = BillingRun.objects.get()
    assert answer.url == reverse("statements:run", args=[run.pk])
    assert (run.month, run.started_by) == ("2026-10", "billing_manager@example.org")


@pytest.mark.parametrize("month", ["2026-11", "2026-13", "soon"])
def test_a_month_that_cannot_be_closed_is_answered_at_its_field(client, month):
    client.force_login(staff("billing_manager"))
    cycle = make.BillingCycle.objects.get().pk

    answer = client.post(reverse("statements:start"), {"month": month, "cycle": cycle})

    assert answer.status_code == 422
    assert "month" in answer.context["form"].errors
    assert not BillingRun.objects.exists()


@pytest.mark.parametrize("role", ["support", "auditor"])
def test_others_of_the_staff_cannot_start_a_run(client, role):
    client.force_login(staff(role))

    assert client.get(reverse("statements:start")).status_code == 404


def test_the_health_page_is_for_staff(client):
    assert client.get(reverse("reports:health")).status_code == 302
    client.force_login(User.objects.create_user("customer@example.org"))
    assert client.get(reverse("reports:health")).status_code == 403


def test_the_health_page_counts_what_waits_in_a_few_queries(client, django_assert_max_num_queries):
    service = make.make_home()
    make.read_steadily(service.channel, make.OCTOBER)
    make.run_month()
    client.force_login(staff("support"))

    with django_assert_max_num_queries(19):  # factor, help session and own accounts are three
        page = client.get(reverse("reports:health"))

    assert page.status_code == 200
    queues = {row.name: row.waiting for row in page.context["health"].queues}
    assert queues["Parts of billing runs"] == 0


@pytest.mark.parametrize("name", ["auth_group", "account_emailaddress", "usersessions_usersession"])
def test_no_admin_page_gives_anybody_another_role_login_or_session(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}_changelist")
