"""The same long lives, with others at work before and after each call to the provider.

Every call is made with no transaction open, so whatever another worker, a payer or time may do
meanwhile happens here: between the question and the books. No page that can be paid is ever
forgotten, and no bill has two.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core import clock
from payments.models import PaymentAttempt
from payments.operations import janitor
from payments.states import ENDED
from tests.payments.returning import findings
from tests.payments.test_long_lives import Life

pytestmark = pytest.mark.django_db
STEPS = 45
LIVES = 12
DEEPEST = 2  # calls within calls
OFTEN = 0.35
KEY_FORGOTTEN = 90_000  # seconds: the provider keeps keys for a day


class Interleaved(Life):
    """A life in which something else happens around every call."""

    def __init__(self, provider, seed, traveller):
        super().__init__(provider, seed)
        self.traveller, self.depth = traveller, 0
        plain = provider._call

        def call(method, work):
            self.meanwhile()
            result = plain(method, work)
            self.meanwhile()
            return result

        provider._call = call

    def meanwhile(self):
        if self.depth >= DEEPEST or self.random.random() > OFTEN:
            return
        self.depth += 1
        faults, self.provider._faults = self.provider._faults, []
        self.live(1)
        self.provider._faults = faults
        self.depth -= 1

    def on_wait(self):
        """Let real time pass: leases end, pages expire, the provider forgets keys."""
        seconds = self.random.choice([5, 70, 70, 3700, KEY_FORGOTTEN])
        self.traveller.shift(timedelta(seconds=seconds))
        for page in list(self.provider.sessions.values()):
            if page.status == "open" and page.expires_at <= clock.real_now():
                self.provider.expire(page)
        if seconds == KEY_FORGOTTEN:
            self.provider._keys.clear()

    def on_wait_again(self):
        self.on_wait()

    def on_janitor(self):
        janitor.look_after_attempts(now=self.day)
        janitor.look_after_refunds(now=self.day)

    def on_janitor_again(self):
        self.on_janitor()


def forgotten(provider) -> list[str]:
    """Return the attempts that have ended here while they can still be paid there."""
    ended = PaymentAttempt.objects.filter(state__in=ENDED, session_id__isnull=False)
    return [str(attempt) for attempt in ended if payable(provider, attempt)]


def payable(provider, attempt) -> bool:
    page = provider.sessions[attempt.session_id]
    intent = provider.intents.get(page.intent_id)
    return page.status == "open" or (intent is not None and intent.status == "processing")


def doubled(provider) -> list[str]:
    """Return the targets for which two pages are handed out that can be paid."""
    handed_out = PaymentAttempt.objects.filter(session_id__isnull=False)
    targets = Counter(a.target for a in handed_out if payable(provider, a))
    return [target for target, pages in targets.items() if pages > 1]


@pytest.mark.parametrize("seed", range(LIVES))
def test_whatever_happens_meanwhile_no_page_is_forgotten(provider, seed):
    with time_machine.travel(datetime.now(UTC)) as traveller:
        life = Interleaved(provider, seed, traveller)

        for _ in range(STEPS):
            life.live(1)
            assert (forgotten(provider), doubled(provider)) == ([], []), life.log

        life.depth = DEEPEST
        life.rest()
        assert findings() == {}, life.log
