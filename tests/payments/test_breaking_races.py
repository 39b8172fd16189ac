"""Everything at once on PostgreSQL: no deadlock, nothing lost, nothing doubled."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from payments.models import PaymentAttempt, Refund
from payments.operations import (
    chargebacks,
    late_fees,
    receive,
    record_counter_payment,
    refunds,
    suspense,
    withdraw,
)
from statements.operations.cancel import NotCancellable, cancel
from tests.payments.late import make_policy
from tests.payments.paying import NOW, open_page
from tests.payments.returning import ask, findings, found_money
from tests.payments.test_attempt_races import on_postgresql
from tests.racing import gather
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    NOVEMBER,
    OCTOBER,
    bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
    run_month,
)

pytestmark = pytest.mark.django_db(transaction=True)
CALM = (NotCancellable, suspense.AlreadyResolved, suspense.NotWhole, refunds.BadAmount)


@on_postgresql
@pytest.mark.parametrize("seed", range(3))
def test_the_work_of_a_house_at_once_meets_no_deadlock(provider, seed):
    random = Random(seed)
    make_world()
    make_policy(grace_days=0)
    homes = [make_home(FLAT) for _ in range(3)]
    for home in homes:
        read_steadily(home.channel, OCTOBER)
        read_steadily(home.channel, NOVEMBER)
    bills = [bill(homes[0])]
    bills = list(type(bills[0]).objects.filter(run__month="2026-10").order_by("pk"))
    asker, decider = make_staff("finance"), make_staff("finance")
    pages = [open_page(each) for each in bills]
    intents = [provider.pay(page.session_id) for page in pages]
    items = [found_money(provider) for _ in range(2)]
    late = (IN_DECEMBER + timedelta(days=20)).date()

    def give_back(intent):
        def act():
            receive.apply_intent(intent, now=NOW, cause="a")
            payment = PaymentAttempt.objects.get(intent_id=intent.id).payment
            refund = ask(payment, asker, 1000)
            refunds.approve(refund, decided_by=decider, now=NOW)
            refunds.submit_refund(refund, now=NOW)

        return act

    actions = [
        *(lambda i=i: receive.apply_intent(i, now=NOW, cause="b") for i in intents),
        *(
            lambda p=p: receive.apply_session(provider.sessions[p.session_id], now=NOW, cause="c")
            for p in pages
        ),
        *(give_back(i) for i in intents),
        lambda: run_month("2026-11", as_of=IN_DECEMBER),
        lambda: late_fees.charge_late_fees(today=late, now=IN_DECEMBER),
        lambda: late_fees.charge_late_fees(today=late, now=IN_DECEMBER),
        lambda: withdraw.expire_settled(now=NOW),
        lambda: cancel(bills[0], reason="wrong", actor=decider, cancelled_at=NOW),
        *(
            lambda i=i, b=b: suspense.resolve(i, b.account, actor=asker, now=NOW)
            for i in items
            for b in bills[:2]
        ),
        *(
            lambda b=b: record_counter_payment(
                b.account,
                amount_minor=500,
                reference=f"R{b.pk}",
                received_on=NOW.date(),
                actor=asker,
            )
            for b in bills
        ),
    ]
    random.shuffle(actions)

    outcomes = gather(*actions)

    errors = [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, CALM)]
    assert errors == []
    for intent in intents:
        dispute = provider.open_dispute(intent.id)
        chargebacks.apply_dispute(dispute, now=NOW, cause="test")
    assert Refund.objects.count() == len(intents)
    assert connection.vendor == "postgresql"
    assert findings() == {}
