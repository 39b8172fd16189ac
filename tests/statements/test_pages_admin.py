"""The admin of bills: for reading; only a plan is given there, by its operation."""

from __future__ import annotations

import pytest
from django.urls import reverse

from statements.models import PlanAssignment
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    TIME,
    make_bill,
    make_home,
    make_plan_version,
    make_staff,
    make_version,
    make_world,
)

pytestmark = pytest.mark.django_db
LISTS = (
    "statements_statement",
    "statements_billingrun",
    "statements_runitem",
    "statements_planassignment",
    "statements_cancellation",
    "statements_statementdocument",
    "statements_billingcycle",
    "payments_payment",
)


@pytest.fixture(autouse=True)
def world(client):
    make_world()
    user = make_staff("administrator")
    user.is_superuser = True
    user.save()
    client.force_login(user)
    return user


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_a_constant_number_of_queries(client, number, django_assert_max_num_queries):
    for _ in range(number):
        make_bill(FLAT)

    for name in LISTS:
        with django_assert_max_num_queries(9):
            assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200, name


def test_nobody_edits_or_deletes_a_bill(client):
    statement = make_bill(FLAT)

    for act in ("change", "delete"):
        url = reverse(f"admin:statements_statement_{act}", args=[statement.pk])
        assert client.post(url, {"total_minor": 1}).status_code == 403
    assert client.get(reverse("admin:statements_statement_add")).status_code == 403


def test_a_plan_is_given_by_its_operation(client, world):
    service = make_home(FLAT)
    wanted = make_plan_version(make_version(TIME))

    answer = client.post(
        reverse("admin:statements_planassignment_add"),
        {
            "agreement": service.agreement.pk,
            "plan_version": wanted.pk,
            "starts_at_0": "2026-12-05",
            "starts_at_1": "12:00:00",
        },
    )

    assert answer.status_code == 302
    before, given = PlanAssignment.objects.filter(agreement=service.agreement).order_by("starts_at")
    assert before.ends_at == given.starts_at == IN_DECEMBER
    assert (given.plan_version, given.ends_at) == (wanted, None)


def test_a_plan_of_another_commodity_is_refused_in_words(client):
    from tests.statements.factories import WATER

    service = make_home(FLAT)
    wanted = make_plan_version(make_version(WATER))

    answer = client.post(
        reverse("admin:statements_planassignment_add"),
        {
            "agreement": service.agreement.pk,
            "plan_version": wanted.pk,
            "starts_at_0": "2026-12-05",
            "starts_at_1": "12:00:00",
        },
    )

    assert answer.status_code == 200
    assert "This plan cannot be given" in answer.content.decode()
    assert PlanAssignment.objects.filter(agreement=service.agreement).count() == 1
