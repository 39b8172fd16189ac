"""One page of the desk sent by two clicks at once asks for one refund."""

from __future__ import annotations

import uuid

import pytest

from payments.models import Refund
from tests.payments.returning import ask, paid
from tests.racing import gather
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CLICKS = 8


def click_at_once(payment, asker, tokens):
    """Ask once for each token, all at the same moment; return the refunds that came of it."""
    return gather(*[lambda t=token: ask(payment, asker, 100, token=t).uid for token in tokens])


@pytest.fixture
def payment(provider):
    make_world()
    return paid(make_bill(FLAT), provider)


def test_one_token_is_one_refund(payment):
    token = uuid.uuid4()

    found = click_at_once(payment, make_staff("cashier"), [token] * CLICKS)

    assert found == [token] * CLICKS
    assert [refund.uid for refund in Refund.objects.all()] == [token]


def test_without_it_every_click_asks_again(payment):
    click_at_once(payment, make_staff("cashier"), [None] * CLICKS)

    assert Refund.objects.count() == CLICKS
