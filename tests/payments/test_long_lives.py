"""Long lives of one account, chosen by chance: whatever happens, books and provider agree."""

from __future__ import annotations

import uuid
from datetime import timedelta
from random import Random

import pytest
from django.core.cache import cache
from django.db.models import Sum

from ledger.models import JournalEntry, Posting
from payments.gateway import Unanswered
from payments.models import (
    LIVE,
    Chargeback,
    LateFee,
    Payment,
    PaymentAttempt,
    Refund,
    SuspenseItem,
)
from payments.operations import (
    attempts,
    chargebacks,
    counter,
    janitor,
    late_fees,
    receive,
    record_counter_payment,
    refunds,
    suspense,
    withdraw,
)
from payments.operations.submit import submit
from payments.outcomes import PaymentMissing
from statements.models import Statement
from statements.operations.cancel import cancel
from tests.payments.late import make_policy
from tests.payments.returning import findings, intent_of_nobody
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
)

pytestmark = pytest.mark.django_db
STEPS = 45
LIVES = 12


class Life:
    """One account with two bills, a provider, two clerks, and what may happen to them."""

    def __init__(self, provider, seed):
        self.random, self.provider = Random(seed), provider
        make_world()
        make_policy(grace_days=0, steps=3, days_between_steps=1)
        home = make_home(FLAT)
        read_steadily(home.channel, OCTOBER)
        read_steadily(home.channel, NOVEMBER)
        self.bills = [bill(home), bill(home, "2026-11", as_of=IN_DECEMBER)]
        self.account = home.agreement.account
        self.asker, self.decider = make_staff("finance"), make_staff("finance")
        self.day, self.told, self.log = IN_DECEMBER, [], []

    def live(self, steps):
        happenings = [
            getattr(self, name) for name in sorted(dir(type(self))) if name.startswith("on_")
        ]
        for _ in range(steps):
            happening = self.random.choice(happenings)
            self.log.append(happening.__name__)
            happening()
            self.day += timedelta(hours=self.random.randrange(30))

    def one(self, rows):
        rows = list(rows)
        return self.random.choice(rows) if rows else None

    # --- the customer

    def on_begin(self):
        statement = self.one([None, *self.bills])
        try:
            attempt = attempts.begin(
                self.account,
                statement=statement,
                amount_minor=self.random.choice([50, 1000, 5812, 9000]),
                method="card",
                form_token=uuid.uuid4(),
                user=None,
                language="en",
                now=self.day,
            )
        except attempts.NotBegun:
            return
        if self.random.random() < 0.3:
            self.provider.fail_next("create_session", after=self.random.random() < 0.5)
        if self.random.random() < 0.8:
            submit(attempt, now=self.day)
        self.provider._faults.clear()

    def page(self):
        return self.one(s for s in self.provider.sessions.values() if s.status == "open")

    def on_pay(self):
        if page := self.page():
            amount = self.random.choice([None, None, None, 700])
            currency = self.random.choice([None] * 6 + ["EUR"])
            self.provider.pay(page, amount=amount, currency=currency)

    def on_pay_by_debit(self):
        if page := self.page():
            self.provider.process(page)

    def on_decline(self):
        if page := self.page():
            self.provider.decline(page)

    def on_let_expire(self):
        if page := self.page():
            self.provider.expire(page)

    def on_debit_settles(self):
        waiting = [i for i in self.provider.intents.values() if i.status == "processing"]
        if intent := self.one(waiting):
            self.random.choice([self.provider.succeed, self.provider.fail])(intent)

    def on_withdraw(self):
        if attempt := self.one(PaymentAttempt.objects.filter(state__in=LIVE)):
            withdraw.withdraw(attempt, now=self.day, cause="customer")

    # --- the house

    def on_sweep(self):
        cache.clear()
        withdraw.expire_settled(now=self.day)
        janitor.look_after_attempts(now=self.day, everything=True)
        janitor.look_after_refunds(now=self.day, everything=True)

    def on_cash(self):
        record_counter_payment(
            self.account,
            amount_minor=self.random.choice([300, 5812]),
            reference=f"R{uuid.uuid4().hex[:10]}",
            received_on=self.day.date(),
            actor=self.asker,
        )

    def on_cash_taken_back(self):
        taken = Payment.objects.filter(method="cash", state="recorded")
        if payment := self.one(taken):
            counter.reverse_counter_payment(
                payment, reason="Typed twice", reversed_on=self.day.date(), actor=self.asker
            )

    def on_cancel_bill(self):
        issued = Statement.objects.filter(state=Statement.State.ISSUED)
        if self.random.random() < 0.3 and (statement := self.one(issued)):
            cancel(statement, reason="Wrong read", actor=self.decider, cancelled_at=self.day)

    def on_late_fee(self):
        late_fees.charge_late_fees(today=(self.day + timedelta(days=30)).date(), now=self.day)

    def on_waive(self):
        if fee := self.one(LateFee.objects.filter(state="charged")):
            late_fees.waive(fee, reason="Kind", actor=self.asker, waived_on=self.day.date())

    # --- money back

    def receipt(self):
        online = Payment.objects.filter(intent_id__isnull=False)
        return self.one([*online, *SuspenseItem.objects.filter(state="open")])

    def on_ask_refund(self):
        if receipt := self.receipt():
            amount = self.random.choice([1, 500, receipt.amount_minor])
            try:
                refunds.request_refund(
                    receipt,
                    amount_minor=amount,
                    reason="Moved",
                    requested_by=self.asker,
                    now=self.day,
                )
            except refunds.BadAmount:
                return

    def on_decide_refund(self):
        if refund := self.one(Refund.objects.filter(state="requested")):
            try:
                refunds.approve(
                    refund, decided_by=self.decider, now=self.day, override="known customer"
                )
            except refunds.BadAmount:
                refunds.reject(refund, decided_by=self.decider, reason="gone", now=self.day)

    def on_send_refunds(self):
        if self.random.random() < 0.4:
            self.provider.fail_next("create_refund", after=self.random.random() < 0.5)
        for refund in Refund.objects.filter(state="approved"):
            refunds.submit_refund(refund, now=self.day)
        self.provider._faults.clear()

    def on_refund_made_there(self):
        paid = [i for i in self.provider.intents.values() if i.status == "succeeded"]
        if intent := self.one(paid):
            gone = sum(
                r.amount
                for r in self.provider.refunds.values()
                if r.intent_id == intent.id and r.status not in ("failed", "canceled")
            )
            if gone + 100 <= intent.amount_received:
                asked = {"payment_intent": intent.id, "amount": 100}
                self.provider.create_refund(asked, key=uuid.uuid4().hex)

    def on_refund_settles(self):
        going = [r for r in self.provider.refunds.values() if r.status in ("pending", "succeeded")]
        if refund := self.one(going):
            outcome = self.random.choice(["succeeded", "failed", "canceled"])
            self.provider.settle_refund(refund.id, outcome)

    def on_dispute(self):
        disputed = {d.intent_id for d in self.provider.disputes.values()}
        owned = set(Payment.objects.values_list("intent_id", flat=True))  # see L10 of suspense
        paid = [
            i
            for i in self.provider.intents.values()
            if i.status == "succeeded" and i.id in owned - disputed
        ]
        if intent := self.one(paid):
            amount = self.random.choice([None, 400])
            status = self.random.choice(["needs_response", "needs_response", "lost"])
            self.provider.open_dispute(intent.id, amount=amount, status=status)

    def on_dispute_ends(self):
        open_ones = [d for d in self.provider.disputes.values() if d.status == "needs_response"]
        if dispute := self.one(open_ones):
            self.provider.close_dispute(dispute.id, self.random.choice(["won", "lost"]))

    # --- money of nobody

    def on_money_of_nobody(self):
        view = intent_of_nobody()
        self.provider.intents[view.id] = view
        self.provider.balances[view.charge.balance.id] = view.charge.balance

    def on_resolve(self):
        if item := self.one(SuspenseItem.objects.filter(state="open", currency="USD")):
            try:
                suspense.resolve(item, self.account, actor=self.asker, now=self.day)
            except suspense.NotWhole:
                return

    # --- news, of now or of any earlier moment

    def objects(self):
        fake = self.provider
        return [
            *fake.sessions.values(),
            *fake.intents.values(),
            *fake.refunds.values(),
            *fake.disputes.values(),
        ]

    def on_news(self):
        self.told += [view for view in self.objects() if view not in self.told]
        for view in self.random.sample(self.told, min(4, len(self.told))):
            self.apply(view)

    def on_news_again(self):
        self.on_news()

    def on_news_and_again(self):
        self.on_news()

    def apply(self, view):
        how = {
            "cs": receive.apply_session,
            "pi": receive.apply_intent,
            "re": refunds.apply_refund,
            "du": chargebacks.apply_dispute,
        }[view.id[:2]]
        try:
            how(view, now=self.day, cause="news")
        except PaymentMissing as missing:
            intent = self.provider.intents[missing.intent_id]
            receive.apply_intent(intent, now=self.day, cause="news")
            how(view, now=self.day, cause="news")

    def rest(self):
        """Decide what is undecided, and tell everything as it is in the end."""
        for refund in Refund.objects.filter(state="requested"):
            refunds.reject(refund, decided_by=self.decider, reason="Too late", now=self.day)
        for refund in Refund.objects.filter(state__in=["approved", "submitting", "unknown"]):
            try:
                refunds.submit_refund(refund, now=self.day)
            except (Unanswered, refunds.NotSendable):
                continue
        for view in self.objects():
            self.apply(view)


def held(kind, currency="USD"):
    rows = Posting.objects.filter(account__kind=kind, currency=currency)
    return rows.aggregate(s=Sum("amount"))["s"] or 0


@pytest.mark.parametrize("seed", range(LIVES))
def test_whatever_happens_the_books_agree_with_the_provider(provider, seed):
    life = Life(provider, seed)

    life.live(STEPS)
    life.rest()

    assert findings() == {}, life.log
    there = [i.id for i in provider.intents.values() if i.status == "succeeded"]
    booked = JournalEntry.objects.filter(source_key__startswith="pi:", source_key__endswith=":ok")
    assert sorted(f"pi:{i}:ok" for i in there) == sorted(
        booked.values_list("source_key", flat=True)
    )
    for currency in ("USD", "EUR"):
        told = sum(b.net for b in provider.balances.values() if b.currency == currency)
        pending = sum(
            r.amount
            for r in provider.refunds.values()
            if r.status == "pending" and r.currency == currency
        )
        assert held("stripe_clearing", currency) == told + pending, life.log
    lost = Chargeback.objects.filter(state="open").aggregate(s=Sum("amount_minor"))["s"] or 0
    assert held("disputed") + held("disputed", "EUR") <= lost
