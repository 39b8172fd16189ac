"""Staff at work: `python -m tests.faults.clerk refund|refunds|counter|fees ARGUMENTS`.

The last line printed tells how much was done, and which errors the staff met.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import django

errors: Counter[str] = Counter()


def refund(reference: str, amount: str) -> int:
    """One person asks for a part of a payment to be given back, another approves."""
    from core import clock
    from payments.models import Payment
    from payments.operations.refunds import approve, request_refund

    cashier, supervisor = _staff()
    asked = request_refund(
        Payment.objects.get(reference=reference),
        amount_minor=int(amount),
        reason="Paid too much",
        requested_by=cashier,
        now=clock.now(),
    )
    approve(asked, decided_by=supervisor, now=clock.now())
    return 1


def refunds(seed: str, n: str) -> int:
    """Give back parts of n payments by card, as they come in."""
    from payments.models import Payment
    from payments.operations.refunds import BadAmount

    chance = random.Random(seed)
    seen: set[str] = set()

    def one(number: int) -> bool:
        paid = Payment.objects.filter(method="card", intent_id__isnull=False)
        new = [p for p in paid.order_by("pk") if p.reference not in seen]
        if not new:
            return False
        payment = chance.choice(new)
        seen.add(payment.reference)
        try:
            refund(payment.reference, str(chance.randint(1, payment.amount_minor)))
        except BadAmount:  # its bank has it back already
            return False
        return True

    return _times(int(n), one)


def counter(seed: str, n: str) -> int:
    """Take n payments over the counter from accounts at random."""
    from accounts.models import CustomerAccount
    from core import clock
    from payments.operations import record_counter_payment

    chance = random.Random(seed)
    accounts = list(CustomerAccount.objects.order_by("pk"))

    def one(number: int) -> bool:
        record_counter_payment(
            chance.choice(accounts),
            amount_minor=chance.randint(100, 3000),
            reference=f"R{seed}-{number}",
            received_on=clock.now().date(),
            actor=_staff()[0],
        )
        return True

    return _times(int(n), one)


def fees(n: str) -> int:
    """Look n times for late fees, as if the day's job ran again and again."""
    from core import clock
    from payments.operations.late_fees import charge_late_fees

    charged = []

    def one(number: int) -> bool:
        charged.append(charge_late_fees(today=clock.now().date(), now=clock.now()))
        time.sleep(0.5)
        return True

    _times(int(n), one)
    return sum(charged)


def _times(n: int, one: Callable[[int], bool]) -> int:
    """Do something n times, wait while there is nothing to do, and count errors."""
    done, until = 0, time.monotonic() + 240
    while done < n and time.monotonic() < until:
        try:
            done += one(done)
        except Exception as error:
            errors[f"{type(error).__name__}: {str(error)[:60]}"] += 1
            done += 1
        else:
            time.sleep(0.02)
    return done


def _staff():
    from accounts.models import User
    from tests.faults.pay_seed import STAFF

    return [User.objects.get(email=f"{name}@example.org") for name in STAFF]


COMMANDS = {"refund": refund, "refunds": refunds, "counter": counter, "fees": fees}


if __name__ == "__main__":
    django.setup()
    done = COMMANDS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"done": done, "errors": dict(errors)}))
