"""The body of a bill is made once and kept, and never shown when anything in it has changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import AccountRole, Customer, Utility
from core import clock
from meters.models import Meter, RegisterRead, ServiceLocation
from payments.operations import record_counter_payment
from statements import access
from statements.models import Adjustment
from statements.operations.cancel import cancel
from statements.presentation import body as module
from tariffs.models import Tariff
from tests.accounts.factories import make_user
from tests.statements.adjusting import adjust, session_with
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    OCTOBER,
    bill,
    make_bill,
    make_home,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import MONTHS, holder_of, month_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def made(monkeypatch):
    """Count how often a body is made."""
    calls, make = [], module.bill
    monkeypatch.setattr(
        module, "bill", lambda statement, **told: calls.append(statement) or make(statement, **told)
    )
    return calls


@pytest.fixture
def reader(client):
    """Sign in the holder of a bill once; ask for its page as often as wanted."""

    def sign_in(statement):
        client.force_login(holder_of(statement))
        address = reverse("statements:detail", args=[statement.number])
        return lambda: client.get(address).content.decode()

    return sign_in


def test_the_second_look_makes_nothing_and_shows_the_same(reader, made):
    look = reader(make_bill(FLAT))

    first, second = look(), look()

    assert len(made) == 1
    bodies = [page.split("<article")[1].split("</article>")[0] for page in (first, second)]
    assert bodies[0] == bodies[1]


def test_it_is_what_a_fresh_one_would_be(reader):
    statement = make_bill(FLAT)
    look = reader(statement)
    look()
    user = statement.account.roles.get(role=AccountRole.Role.HOLDER).user
    now, real_now = clock.now(), clock.real_now()

    read = access.statement_to_read(user, statement.number, now=now, real_now=real_now)

    assert module.body(read, now=real_now) == module._made(read, real_now)


def rename_customer(statement):
    Customer.objects.update(name="Grace Hopper")
    return "Grace Hopper"


def rename_utility(statement):
    Utility.objects.update(legal_name="Brookside Water Ltd")
    return "Brookside Water Ltd"


def correct_address(statement):
    ServiceLocation.objects.update(address_line="7 Elm Street")
    return "7 Elm Street"


def correct_serial(statement):
    Meter.objects.update(serial="SN-CORRECTED")
    return "SN-CORRECTED"


def rename_tariff(statement):
    Tariff.objects.update(name="Sunny days")
    return "Sunny days"


def read_late(statement):
    channel = Meter.objects.get().channels.get()
    RegisterRead.objects.filter(channel=channel).delete()
    RegisterRead.objects.create(
        channel=channel,
        read_at=OCTOBER.ends_at,
        value_base=777_777_000,
        reason=RegisterRead.Reason.HAND,
    )
    return "777,777 kWh"


def take_back(statement):
    document = cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)
    return f"Cancelled by document {document.number}"


CHANGES = [
    rename_customer,
    rename_utility,
    correct_address,
    correct_serial,
    rename_tariff,
    read_late,
    take_back,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_may_still_change_is_shown_at_once(reader, change):
    statement = make_bill(FLAT)
    look = reader(statement)
    before = look()

    shown = change(statement)

    assert shown not in words(before)
    assert shown in words(look())


def test_a_bill_before_that_is_taken_back_explains_nothing_any_more(reader, made):
    service = make_home(FLAT)
    issued = []
    for month, as_of in MONTHS.items():
        read_steadily(service.channel, month_of(month))
        issued.append(bill(service, month, as_of=as_of))
    look = reader(issued[2])

    before = look()
    cancel(issued[1], reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)
    after = look()

    assert f"See bill {issued[1].number}" in words(before)
    assert f"See bill {issued[1].number}" not in words(after)
    assert f"See bill {issued[0].number}" in words(after)
    assert len(made) == 2


def test_what_is_paid_and_adjusted_is_no_part_of_it(reader, made):
    statement = make_bill(FLAT)
    look = reader(statement)
    look()

    record_counter_payment(
        statement.account,
        amount_minor=2000,
        reference="R-1",
        received_on=IN_DECEMBER.date(),
        actor=None,
    )
    paid = words(look())
    adjusted = adjust(statement, -500, session_with(statement), customer_text="Sorry for that")
    after = words(look())

    assert "Part paid" in paid and "$38.12 of it is still open" in paid
    assert adjusted.state == Adjustment.State.POSTED
    assert "Changed after this bill" in after and "Sorry for that" in after
    assert "$33.12 of it is still open" in after
    assert len(made) == 1


def test_each_language_has_its_own(client, reader):
    look = reader(make_bill(FLAT))
    english = look()
    client.cookies["django_language"] = "es"

    spanish = look()

    with translation.override("es"):
        told = translation.gettext("How the amount due comes about")
    assert told in spanish and told not in english


def test_nobody_else_is_shown_what_is_kept(client, reader):
    statement = make_bill(FLAT)
    reader(statement)()
    client.force_login(make_user())

    answer = client.get(reverse("statements:detail", args=[statement.number]))

    assert answer.status_code == 404


def test_a_role_that_ended_closes_it(client, reader):
    statement = make_bill(FLAT)
    look = reader(statement)
    look()
    AccountRole.objects.update(ends_at=datetime(2021, 1, 1, tzinfo=UTC))

    assert "<article" not in look()


def test_a_body_with_a_claim_code_is_never_kept(client, made):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement, AccountRole.Role.PAYER))
    address = reverse("statements:detail", args=[statement.number])

    told = [client.get(address).content.decode() for _ in range(2)]

    assert all("Claim code" in words(html) for html in told)
    assert len(made) == 2


def test_nothing_is_kept_while_templates_are_being_written(reader, made, settings):
    settings.DEBUG = True
    look = reader(make_bill(FLAT))

    look(), look()

    assert len(made) == 2
