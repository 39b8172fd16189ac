"""Beginning to pay: one attempt for one thing, its parameters frozen, its page made once."""

from __future__ import annotations

import uuid

import pytest

from payments.operations import attempts, receive, submit
from payments.outcomes import Applied
from tests.payments.paying import NOW, begin, paid_state, stands
from tests.statements.factories import FLAT, make_bill, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


def test_a_bill_is_paid_from_the_first_click_to_the_books(statement, provider):
    attempt = submit.submit(begin(statement), now=NOW)
    assert (attempt.state, attempt.session_url[:12]) == ("open", "https://pay.")

    intent = provider.pay(attempt.session_id)

    assert receive.apply_intent(intent, now=NOW, cause="evt_1") == Applied.APPLIED
    assert receive.apply_intent(intent, now=NOW, cause="evt_2") == Applied.UNCHANGED
    assert (stands(statement), paid_state(statement)) == (0, "settled")
