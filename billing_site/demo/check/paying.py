"""The paying part of the check: hosted pages, webhooks, receipts, and what the bank does later."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from billing_site.demo.check import polling
from billing_site.demo.check.visitor import Page, Visitor
from billing_site.demo.children import Children
from core import clock, formats
from payments.models import PaymentAttempt
from statements.models import Statement

DECLINED_CARD, GOOD_CARD = "4000 0000 0000 0002", "4242 4242 4242 4242"
ROUTING, GOOD_BANK, BROKE_BANK = "110000000", "000123456789", "000111111116"
SETTLING = timedelta(days=4, minutes=1)
MOST_SECONDS = 60

State = PaymentAttempt.State


class NotPaid(Exception):
    """A payment did not go the way it must."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer before the pay page of a bill."""

    visitor: Visitor
    statement: Statement
    children: Children
    tell: Callable[[str], None]

    def by_card(self) -> PaymentAttempt:
        """Pay with a card that is declined and then with a good one."""
        hosted = self._go_to_hosted_page("card")
        declined = self._fill_card(hosted, DECLINED_CARD)
        self._demand("declined" in declined.text, f"a bad card was not declined: {declined.text}")
        self.tell(f"  card ending {DECLINED_CARD[-4:]}: declined, nothing is charged")
        result = self._fill_card(declined, GOOD_CARD)
        attempt = self._attempt(result)
        self._until(attempt, State.SUCCEEDED)
        self.tell(
            f"  card ending {GOOD_CARD[-4:]}: {self._amount(attempt)} paid, {attempt.reference}"
        )
        return attempt

    def by_bank_debit(self, account: str) -> PaymentAttempt:
        """Order a bank debit; what becomes of it is known days later."""
        hosted = self._go_to_hosted_page("bank_debit")
        result = self.visitor.submit(
            hosted,
            "with",
            email="payer@example.org",
            routing=ROUTING,
            account=account,
            name="A Payer",
        )
        attempt = self._attempt(result)
        self._until(attempt, State.PROCESSING)
        self.tell(f"  bank debit {attempt.reference} of {self._amount(attempt)}: on its way")
        return attempt

    def settles(self, attempt: PaymentAttempt, state: str) -> None:
        """Wait until a debit has come to its end, and say so."""
        self._until(attempt, state)
        said = "paid" if state == State.SUCCEEDED else f"failed: {attempt.failure_code}"
        self.tell(f"  bank debit {attempt.reference} four days later: {said}")

    def _go_to_hosted_page(self, method: str) -> Page:
        choose = self.visitor.get(f"/bills/{self.statement.number}/pay/")
        check = self.visitor.submit(choose, "choice", method=method)
        hosted = self.visitor.submit(check, "order")
        self._demand("/c/pay/" in hosted.url, f"no hosted page but {hosted.status} {hosted.url}")
        return hosted

    def _fill_card(self, page: Page, number: str) -> Page:
        typed = {"email": "payer@example.org", "name": "A Payer", "expiry": "12/34", "cvc": "123"}
        return self.visitor.submit(page, "with", card=number, **typed)

    def _attempt(self, result: Page) -> PaymentAttempt:
        attempt = PaymentAttempt.objects.filter(statement=self.statement).latest("pk")
        back = f"/pay/{attempt.reference}/"
        self._demand(back in result.url, f"the payer came back to {result.status} {result.url}")
        return attempt

    def _until(self, attempt: PaymentAttempt, state: str) -> None:
        deadline = time.monotonic() + MOST_SECONDS
        while attempt.state != state:
            self.children.check()
            self._demand(time.monotonic() < deadline, f"{attempt} is {attempt.state}, not {state}")
            time.sleep(0.1)
            attempt.refresh_from_db()

    def _amount(self, attempt: PaymentAttempt) -> str:
        return formats.money(attempt.amount_minor, attempt.currency)

    @staticmethod
    def _demand(holds: bool, said: str) -> None:
        if not holds:
            raise NotPaid(said)


def four_days_later(provider: str) -> None:
    """Move the business clock and the provider's."""
    polling.set_clock(clock.now() + SETTLING)
    asked = json.dumps({"advance_seconds": SETTLING.total_seconds()}).encode()
    request = urllib.request.Request(  # noqa: S310  our own process on this machine
        f"{provider}/_sandbox/clock", asked, {"Content-Type": "application/json"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=MOST_SECONDS):
        pass
