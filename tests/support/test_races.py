"""Two sessions at once, with the proof that only the database keeps them from both opening."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F

from accounts.models import AssistanceGrant
from accounts.operations import grants, help_codes
from tests.accounts.factories import make_account, make_user
from tests.racing import gather
from tests.statements.factories import make_staff
from tests.support.helping import NOON, open_session

pytestmark = pytest.mark.django_db(transaction=True)
ONE_OPEN = next(
    each
    for each in AssistanceGrant._meta.constraints
    if each.name == "grant_one_open_for_an_employee"
)


def open_four_at_once(employee):
    customers = [make_account().customer for _ in range(4)]
    return gather(*[lambda c=c: open_session(employee, c) for c in customers])


def test_of_four_sessions_at_once_one_opens():
    employee = make_staff("support")

    results = open_four_at_once(employee)

    opened = [each for each in results if isinstance(each, AssistanceGrant)]
    assert len(opened) == 1, results
    assert [str(each) for each in results if isinstance(each, grants.GrantRefused)] == [
        "already_open"
    ] * 3, results
    assert AssistanceGrant.objects.get() == opened[0]


def test_without_the_constraint_all_of_them_would_open():
    employee = make_staff("support")
    with connection.schema_editor() as editor:
        editor.remove_constraint(AssistanceGrant, ONE_OPEN)
    try:
        results = open_four_at_once(employee)
    finally:
        AssistanceGrant.objects.update(ended_at=F("opened_at"))
        with connection.schema_editor() as editor:
            editor.add_constraint(AssistanceGrant, ONE_OPEN)

    assert all(isinstance(each, AssistanceGrant) for each in results), results


def test_one_help_code_proves_one_call():
    customer = make_account().customer
    code = help_codes.issue(customer, shown_to=make_user(), real_now=NOON)
    staff = [make_staff("support") for _ in range(4)]

    results = gather(
        *[lambda e=e: open_session(e, customer, caller_check="code", help_code=code) for e in staff]
    )

    opened = [each for each in results if isinstance(each, AssistanceGrant)]
    assert len(opened) == 1, results
