"""Three customers with everything a customer can have, each known by words of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession

from accounts.models import Approval, AssistanceGrant, Customer, CustomerAccount, User
from accounts.operations import invitations
from core import clock
from meters.models import Meter, ReadingException, ServiceLocation
from notifications.models import Notice
from payments import operations as payment_operations
from payments.models import PaymentCase
from statements.models import BillingRun, ShadowRun, Statement
from statements.pricing.shadow.start import start
from statements.pricing.shadow.work import step
from tariffs.models import Tariff, TariffVersion
from tariffs.operations import import_discount
from tests.accounts.factories import make_account, make_user
from tests.payments.paying import NOW, open_page
from tests.payments.returning import ask, found_money, paid
from tests.statements.factories import (
    FLAT,
    OCTOBER,
    ZONE,
    Service,
    make_home,
    read_steadily,
)


@dataclass(frozen=True)
class Words:
    """What a customer is told by: none of it is said of anybody else."""

    name: str
    email: str
    login: str
    phone: str
    postal: str
    street: str
    number: str
    serial: str
    notice: str
    cash: str
    each: int  # Wh in each hour
    paid_minor: int


OWN = Words(
    name="Ottoline Ashgrove",
    email="ottoline@ashgrove-post.example",
    login="ashgrove-login@mail.example",
    phone="+13025550111",
    postal="7 Larkspur Postal Box",
    street="17 Larkspur Wharf",
    number="7700000111",
    serial="83000111",
    notice="the heron stands at the sluice",
    cash="CASH-OWN-6111",
    each=517,
    paid_minor=2311,
)
FOREIGN = Words(
    name="Zephyrine Quillfeather",
    email="zephyrine@quillfeather-post.example",
    login="quillfeather-login@mail.example",
    phone="+13025550122",
    postal="8 Hollowmere Postal Box",
    street="88 Hollowmere Quay",
    number="7700000222",
    serial="83000222",
    notice="the otter sleeps under the weir",
    cash="CASH-FOR-6222",
    each=683,
    paid_minor=2977,
)
HELPED = Words(
    name="Marmaduke Thistlewood",
    email="marmaduke@thistlewood-post.example",
    login="thistlewood-login@mail.example",
    phone="+13025550133",
    postal="9 Fennimore Postal Box",
    street="99 Fennimore Lock",
    number="7700000333",
    serial="83000333",
    notice="the kingfisher dives at the mill",
    cash="CASH-HEL-6333",
    each=751,
    paid_minor=3389,
)


@dataclass(eq=False)
class Side:
    """One customer with their rows."""

    words: Words
    customer: Customer
    account: CustomerAccount
    service: Service
    holder: User
    rows: dict[str, Any] = field(default_factory=dict)
    markers: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by what they are


def begin(words: Words) -> Side:
    """Make a customer with a home whose meter was read all October."""
    account = make_account(words.name, number=words.number)
    customer = account.customer
    customer.email, customer.phone = words.email, words.phone
    customer.postal_address = words.postal
    customer.save()
    location = ServiceLocation.objects.create(
        code=f"LOC-{words.serial}", address_line=words.street, city="Dover", zone_name=ZONE.key
    )
    service = make_home(FLAT, account=account, location=location)
    Meter.objects.filter(pk=service.channel.meter_id).update(serial=words.serial)
    read_steadily(service.channel, OCTOBER, words.each)
    holder = make_user(words.login, name=words.name)
    account.roles.create(user=holder, role="holder", starts_at=account_start(account))
    return Side(words, customer, account, service, holder)


def account_start(account: CustomerAccount):
    return clock.now() - timedelta(days=200)


def complete(side: Side, run: BillingRun, provider, asker: User, decider: User) -> None:
    """Let the customer be billed, told, paid for, owed and helped."""
    statement = Statement.objects.get(account=side.account, run=run, state="issued")
    payment = paid(statement, provider, side.words.paid_minor)
    cash = payment_operations.record_counter_payment(
        side.account,
        amount_minor=side.words.paid_minor + 13,
        reference=side.words.cash,
        received_on=NOW.date(),
        actor=decider,
    )
    attempt = open_page(statement, 700)
    case = PaymentCase.objects.create(
        kind=PaymentCase.Kind.values[0],
        key=f"test:{side.account.pk}",
        account=side.account,
        about=payment.reference,
        opened_at=NOW,
    )
    notice = Notice.objects.create(
        account=side.account,
        kind="test.told",
        key=f"test.told:{side.account.pk}",
        subject=f"Of interest: {side.words.notice}",
        body=f"We saw that {side.words.notice}.",
        created_at=NOW,
    )
    refund = ask(payment, asker, 111)
    exception = ReadingException.objects.create(
        key=f"test:{side.account.pk}",
        rule="conflict",
        severity="held",
        meter_id=side.service.channel.meter_id,
        channel=side.service.channel,
        starts_at=OCTOBER.starts_at,
        ends_at=OCTOBER.starts_at + timedelta(seconds=1),
        value_base=side.words.each + 1,
        message="Another value arrived.",
        recorded_at=NOW,
    )
    side.rows |= {
        "statement": statement,
        "payment": payment,
        "cash": cash,
        "attempt": attempt,
        "refund": refund,
        "case": case,
        "exception": exception,
        "notice": notice,
        "approval": Approval.objects.get(account=side.account),
        "run": run,
        "shadow": _compared(side.service.version, asker),
        "discount": _discount(side.words.number[-3:]),
        "suspense": found_money(provider, 4000 + side.account.pk),
    }


def _compared(version: TariffVersion, asker: User) -> ShadowRun:
    """Leave a comparison of prices with the bills of everybody's October."""
    run = start(
        version,
        first_month="2026-10",
        last_month="2026-10",
        requested_by=asker,
        now=NOW,
    )
    while step(run):
        pass
    return run


def _discount(key: str) -> Tariff:
    """Leave the draft of a discount."""
    draft = import_discount(
        {
            "code": f"loyal-{key}",
            "name": f"Loyal {key}",
            "commodity": "electricity",
            "currency": "USD",
            "from": "2029-01-01",
            "percent": "3",
            "conditions": ["loyal"],
            "change_summary": "First version",
        },
        author=None,
    )
    return draft.tariff


def share(side: Side) -> None:
    """Let the holder invite somebody to the account, and somebody else see it already."""
    side.rows["invitation"], side.rows["invitation_token"] = invitations.invite(
        "delegate",
        f"guest-{side.words.serial}@mail.example",
        invited_by=side.holder,
        real_now=clock.real_now(),
        account=side.account,
        role="read_only",
    )
    side.rows["delegate"] = side.account.roles.create(
        user=make_user(f"delegate-{side.words.serial}@mail.example"),
        role="read_only",
        starts_at=account_start(side.account),
        given_by=side.holder,
    )
    side.rows["session"] = UserSession.objects.create(
        user=side.holder, session_key=f"other{side.words.serial}", ip="192.0.2.7", user_agent="x"
    )


def remember_help(side: Side, employee: User) -> None:
    """Leave a help session of the past."""
    grant = help_session(employee, side, role="support", is_live=False)
    grant.ended_at = grant.expires_at
    grant.outcome = AssistanceGrant.Outcome.SOLVED
    grant.save()
    side.rows["past_help"] = grant


def name_markers(side: Side) -> None:
    """Write down what no stranger may see, by what it is."""
    words, rows = side.words, side.rows
    shown = [rows["statement"].total_minor, words.paid_minor, words.paid_minor + 13]
    side.markers = {
        "name": (words.name, words.name.split()[1]),
        "email": (words.email, words.login),
        "phone": (words.phone, words.phone[-7:], f"{words.phone[-7:-4]}-{words.phone[-4:]}"),
        "address": (words.postal,),
        "street": (words.street,),
        "account": (words.number,),
        "bill": (rows["statement"].number,),
        "reference": (rows["payment"].reference, words.cash, rows["attempt"].reference),
        "serial": (words.serial,),
        "notice": (words.notice,),
        "amount": tuple(f"{minor // 100}.{minor % 100:02}" for minor in shown),
    }


def help_session(employee: User, side: Side, *, role: str, is_live: bool) -> AssistanceGrant:
    """Open a help session, or leave one of yesterday that nobody ended."""
    opened_at = clock.real_now() - (timedelta(minutes=1) if is_live else timedelta(days=1))
    return AssistanceGrant.objects.create(
        employee=employee,
        role=role,
        customer=side.customer,
        reason=AssistanceGrant.Reason.BILL,
        note="The customer asked about the last bill",
        channel=AssistanceGrant.Channel.CALL,
        caller_check=AssistanceGrant.CallerCheck.FACTS,
        opened_at=opened_at,
        expires_at=opened_at + timedelta(minutes=30),
        last_possible_at=opened_at + timedelta(hours=2),
    )
