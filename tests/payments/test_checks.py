"""Whatever becomes of payments, the checks find nothing wrong; and they stay within their scope."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.integrity import Scope
from payments.models import Payment
from reports import integrity
from tests.payments.whole import tell_story

pytestmark = pytest.mark.django_db


def violated(**scope):
    results = integrity.check(Scope(clock.real_now(), **scope))
    return {result.code: result.examples for result in results if result.violations}


def test_whatever_becomes_of_payments_is_clean(provider):
    tell_story(provider)

    assert violated() == {}


def test_one_account_or_a_span_of_time_is_clean_too(provider):
    story = tell_story(provider)

    hour_ago = clock.real_now() - timedelta(hours=1)
    assert violated(since=hour_ago) == {}
    for account_id in Payment.objects.order_by().values_list("account_id", flat=True).distinct():
        assert violated(account_id=account_id) == {}
    assert violated(account_id=story.card.account_id, since=hour_ago) == {}
