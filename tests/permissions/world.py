"""The people of every kind, three customers, and one client for each person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie

from django.test import Client

from accounts.models import Customer, DeclaredRelation, User
from accounts.operations import invitations
from billing_site.permissions.table import STAFF
from core import clock
from payments.models import LateFee, ProviderEvent
from statements.models import Statement
from tests.accounts.factories import make_user
from tests.payments.late import charge, day, make_policy
from tests.payments.whole import ring
from tests.permissions import sides
from tests.permissions.sides import Side
from tests.statements.factories import make_staff, make_world, run_month

HELPING = ("support", "billing_specialist", "administrator")  # those who may open a help session
CUSTOMER_ROLES = {
    "payer": "payer",
    "delegate_view": "read_only",
    "delegate_manage": "authorised",
}


@dataclass(eq=False)
class Person:
    """Somebody who asks, signed in once; `kinds` are the columns of the table that are theirs."""

    name: str
    kinds: tuple[str, ...] = ()
    user: User | None = None
    theirs: tuple[Side, ...] = ()
    helps: Side | None = None
    sends: dict[str, str] = field(default_factory=dict)  # with every form
    is_in: bool = True  # whether the session still opens anything
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    cookies: str = ""

    @property
    def is_customer(self) -> bool:
        return self.user is not None and not self.user.is_staff

    def sign_in(self) -> None:
        self.client.force_login(self.user)
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method: str, url: str, data: dict | None = None, **extra):
        """Send one request as the browser of this person would, whatever was answered before."""
        self.client.cookies = SimpleCookie(self.cookies)
        send = getattr(self.client, method.lower())
        if method == "POST":
            return send(url, {**self.sends, **(data or {})}, **extra)
        return send(url, data or {}, **extra) if method == "GET" else send(url, **extra)


@dataclass(eq=False)
class World:
    """Everything that the tests of permissions ask about."""

    own: Side
    foreign: Side
    helped: Side
    people: dict[str, Person]

    @property
    def sides(self) -> tuple[Side, ...]:
        return (self.own, self.foreign, self.helped)


def names() -> list[str]:
    """Return the names of all people, known before the world is made."""
    customers = ["anonymous", "customer", *CUSTOMER_ROLES, "delegate_ended", "customer_disabled"]
    staff = [name for role in STAFF for name in (role, f"{role}_revoked", f"{role}_disabled")]
    helping = [f"{role}_{how}" for role in HELPING for how in ("helping", "expired")]
    return [*customers, *staff, *helping]


def build(provider) -> World:
    """Make the world; the clock stands in December and the provider is in memory."""
    make_world()
    own, foreign, helped = (
        sides.begin(words) for words in (sides.OWN, sides.FOREIGN, sides.HELPED)
    )
    asker, decider = make_staff("finance"), make_staff("finance")
    run = run_month()
    event = ring(provider, "payment_intent", "pi_permissions", "payment_intent.succeeded")
    make_policy()
    helper, colleagues = make_staff("support"), _colleagues(decider)
    for side in (own, foreign, helped):
        sides.complete(side, run, provider, asker, decider)
    charge(day(6))
    for side in (own, foreign, helped):
        side.rows["late_fee"] = LateFee.objects.get(statement__account=side.account)
        sides.share(side)
        sides.remember_help(side, helper)
        side.rows |= colleagues
        side.rows["event"] = _received(event)
        sides.name_markers(side)
    assert Statement.objects.filter(run=run).count() == 3
    return World(own, foreign, helped, _people(own, helped))


def _colleagues(inviting: User) -> dict[str, object]:
    """Return rows about people who work here, which belong to no customer."""
    colleague = make_staff("cashier")
    invitation, _token = invitations.invite(
        "staff",
        "colleague@mail.example",
        invited_by=inviting,
        real_now=clock.real_now(),
        staff_roles=["cashier"],
    )
    relation = DeclaredRelation.objects.create(
        employee=colleague,
        customer=Customer.objects.create(name="Relative"),
        declared_by=colleague,
        declared_at=clock.real_now(),
    )
    return {"colleague": colleague, "colleague_invitation": invitation, "relation": relation}


def _received(event) -> ProviderEvent:
    from payments.operations import inbox

    inbox.receive(event, source=ProviderEvent.Source.WEBHOOK, received_at=event.created_at)
    return ProviderEvent.objects.get(pk=event.id)


def _people(own: Side, helped: Side) -> dict[str, Person]:
    people = [*_customers(own), *_staff(), *_helpers(helped)]
    for person in people:
        if person.user is not None:
            person.sign_in()
    _end_some(people)
    return {person.name: person for person in people}


def _customers(own: Side) -> list[Person]:
    start = clock.now() - timedelta(days=100)
    found = [
        Person("anonymous", ("anonymous",), is_in=False),
        Person("customer", ("customer",), own.holder, (own,)),
    ]
    for kind, role in CUSTOMER_ROLES.items():
        user = make_user(f"{kind.replace('_', '-')}@mail.example")
        own.account.roles.create(user=user, role=role, starts_at=start, given_by=own.holder)
        found.append(Person(kind, (kind,), user, (own,)))
    ended = make_user("delegate-ended@mail.example")
    own.account.roles.create(
        user=ended, role="authorised", starts_at=start, ends_at=clock.now() - timedelta(days=1)
    )
    disabled = make_user("customer-disabled@mail.example")
    own.account.roles.create(user=disabled, role="payer", starts_at=start)
    return [
        *found,
        Person("delegate_ended", ("delegate_manage",), ended),
        Person("customer_disabled", ("anonymous",), disabled, is_in=False),
    ]


def _staff() -> list[Person]:
    found = []
    for role in STAFF:
        found += [
            Person(role, (role,), make_staff(role)),
            Person(f"{role}_revoked", (), make_staff(role)),
            Person(f"{role}_disabled", ("anonymous",), make_staff(role), is_in=False),
        ]
    return found


def _helpers(helped: Side) -> list[Person]:
    found = []
    for role in HELPING:
        for name, is_live in (("helping", True), ("expired", False)):
            user = make_staff(role)
            grant = sides.help_session(user, helped, role=role, is_live=is_live)
            helps = helped if is_live else None
            sends = {"help_session": str(grant.uid)}
            found.append(Person(f"{role}_{name}", (role,), user, helps=helps, sends=sends))
    return found


def _end_some(people: list[Person]) -> None:
    """Take roles away and disable people while their sessions live."""
    for person in people:
        if person.name.endswith("_revoked"):
            person.user.groups.clear()
        if person.name.endswith("_disabled"):
            User.objects.filter(pk=person.user.pk).update(is_active=False)
