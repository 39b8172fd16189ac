"""The laws of help sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.grants import live_grant
from accounts.operations import grants
from tests.accounts.factories import make_account
from tests.statements.factories import make_staff
from tests.support.helping import NOON, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return make_account().customer


@pytest.fixture
def employee():
    return make_staff("support")


def test_a_session_is_live_for_half_an_hour(employee, customer):
    grant = open_session(employee, customer)

    assert live_grant(employee, NOON) == grant
    assert live_grant(employee, NOON + timedelta(minutes=30, seconds=-1)) == grant
    assert live_grant(employee, NOON + timedelta(minutes=30)) is None


def test_a_second_one_is_refused_until_the_first_has_ended(employee, customer):
    grant = open_session(employee, customer)
    with pytest.raises(grants.GrantRefused, match="already_open"):
        open_session(employee, make_account().customer)

    grants.end(grant, outcome="solved", note="", real_now=NOON)

    assert open_session(employee, make_account().customer).pk != grant.pk
