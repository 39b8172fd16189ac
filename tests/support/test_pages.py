"""The help pages as an employee walks them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AssistanceGrant, AuditEvent, FormDraft, User
from accounts.operations import help_codes
from core import clock
from notifications.models import Notice
from support import drafts
from tests.accounts.factories import make_user
from tests.statements.factories import FLAT, make_bill, make_home, make_staff, make_world
from tests.support.helping import NOTE, open_session

pytestmark = pytest.mark.django_db
PHONE, POSTAL = "+12125552368", "7 Postal Road"


@pytest.fixture(autouse=True)
def world():
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)


@pytest.fixture
def customer(statement):
    return with_contact(statement.account.customer)


@pytest.fixture
def foreign(customer):
    """The bill of somebody else, in the same month."""
    statement = make_bill(FLAT)
    named = statement.account.customer
    named.name, named.email = "Zenobia Farquhar", "zenobia@elsewhere.example"
    named.save()
    return statement


@pytest.fixture
def employee(client):
    person = make_staff("support")
    client.force_login(person)
    return person


@pytest.fixture
def grant(employee, customer):
    return open_session(employee, customer, at=clock.real_now())


def with_contact(customer):
    customer.email, customer.phone = "ada@example.org", PHONE
    customer.postal_address = f"{POSTAL}\nDover"
    customer.save()
    return customer


def url(name, *args):
    return reverse(f"support:{name}", args=args)


def text(response):
    return response.content.decode()


def run_out(grant):
    """Let the time of a session be over."""
    earlier = timedelta(hours=1)
    AssistanceGrant.objects.filter(pk=grant.pk).update(
        expires_at=grant.opened_at + timedelta(microseconds=1)
    )
    grant.refresh_from_db()
    return earlier


def pages_of(statement):
    return [
        url("customer"),
        url("bill", statement.number),
        url("bill_pdf", statement.number),
        url("payments", statement.account.number),
        url("extend"),
        url("end"),
        url("message"),
    ]


def test_every_page_of_the_room_opens_and_carries_the_banner(client, statement, grant):
    for page in pages_of(statement):
        answer = client.get(page)

        assert answer.status_code == 200, page
        assert answer["Cache-Control"] == "private, no-store"
        if answer["Content-Type"].startswith("text/html"):
            assert 'class="helping"' in text(answer), page


def test_without_a_session_no_page_shows_anything(client, statement, customer, employee):
    for page in pages_of(statement):
        answer = client.get(page)

        assert (answer.status_code, answer["Location"]) == (303, "/help/")
    assert not AuditEvent.objects.filter(kind="read").exists()


def test_with_a_session_others_are_as_if_they_were_not(client, grant, foreign):
    for page in (
        url("bill", foreign.number),
        url("bill_pdf", foreign.number),
        url("readings", foreign.number, 1),
        url("payments", foreign.account.number),
        url("payment", "R-1"),
    ):
        assert client.get(page).status_code == 404, page
    seen = AuditEvent.objects.filter(grant=grant, kind="read")
    assert not seen.exists()


def test_ones_colleagues_have_no_part_in_it(client, statement, grant):
    client.force_login(make_staff("support"))

    assert client.get(url("customer")).status_code == 303
    assert client.get(url("bill", statement.number)).status_code == 303


@pytest.mark.parametrize(
    "role", ["finance", "cashier", "auditor", "billing_manager", "meter_employee"]
)
def test_other_roles_have_no_room(client, statement, customer, role):
    client.force_login(make_staff(role))

    assert client.get(url("customer")).status_code == 404
    assert client.get(url("start", customer.uid)).status_code == 404


class TestMasked:
    def test_phone_and_addresses_wait_for_a_click(self, client, customer, statement, grant):
        page = text(client.get(url("customer")))

        assert customer.name in page and "ada@example.org" in page
        assert PHONE not in page and "… 68" in page
        assert POSTAL not in page and "Mill Lane" not in page

    def test_each_click_shows_one_and_is_written_down_once(self, client, customer, grant):
        for _ in range(2):
            answer = client.post(url("show", "phone"), named(grant))
            assert answer["Location"] == url("customer")

        page = text(client.get(url("customer")))
        assert PHONE in page and POSTAL not in page
        [event] = AuditEvent.objects.filter(action="help.reveal")
        assert (event.detail, event.grant, event.kind) == ({"field": "phone"}, grant, "read")

    def test_the_bill_hides_address_curve_and_claim_code(self, client, statement, grant):
        page = text(client.get(url("bill", statement.number)))

        assert "Claim code" not in page and POSTAL not in page and "Mill Lane" not in page
        assert "Show the numbers as a table" not in page and "58.12" in page
        assert "/pay/" not in page

    def test_what_was_asked_for_is_on_the_bill(self, client, statement, grant):
        for field in ("address", "load_curve"):
            answer = client.post(url("show", field), named(grant, bill=statement.number))
            assert answer["Location"] == url("bill", statement.number)

        page = text(client.get(url("bill", statement.number)))

        assert POSTAL in page and "Mill Lane" in page and "Show the numbers as a table" in page
        assert "Claim code" not in page

    def test_readings_wait_for_the_click_too(self, client, statement, grant):
        page = url("readings", statement.number, 1)
        assert client.get(page)["Location"] == url("bill", statement.number)
        client.post(url("show", "load_curve"), named(grant))

        answer = client.get(page)

        assert answer.status_code == 200 and "Intervals" in text(answer)

    def test_the_next_session_begins_masked(self, client, employee, customer, grant):
        client.post(url("show", "phone"), named(grant))
        client.post(url("end"), named(grant, outcome="solved"))
        open_session(employee, customer, at=clock.real_now())

        assert PHONE not in text(client.get(url("customer")))

    def test_there_is_no_other_field(self, client, grant):
        assert client.post(url("show", "password"), named(grant)).status_code == 404


def named(grant, **fields):
    return {"help_session": str(grant.uid), **fields}


def test_every_look_is_written_down_inside_the_session(client, statement, grant):
    for page in pages_of(statement)[:4]:
        client.get(page)

    events = AuditEvent.objects.filter(kind="read").order_by("pk")
    assert [event.action for event in events] == [
        "help.customer",
        "help.bill",
        "help.bill_pdf",
        "help.payments",
    ]
    for event in events:
        assert (event.grant, event.basis) == (grant, "grant")
        assert event.customer == grant.customer
        assert grant.opened_at <= event.recorded_at < grant.expires_at
        assert event.request_id


def test_the_overview_takes_as_many_queries_for_three_accounts_as_for_one(client, customer, grant):
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url("customer"))
    for _ in range(2):
        account = make_home().agreement.account
        account.customer = customer
        account.save()
    with CaptureQueriesContext(connection) as three:
        client.get(url("customer"))

    assert len(three) == len(one)


class TestStart:
    FORM = {
        "reason": "bill",
        "note": NOTE,
        "channel": "call",
        "caller_check": "ticket",
        "ticket": "T",
    }

    def post(self, client, customer, **changes):
        return client.post(url("start", customer.uid), self.FORM | changes)

    def test_it_opens_the_room_and_tells_the_customer(self, client, customer, employee):
        answer = self.post(client, customer)

        assert answer["Location"] == url("customer")
        grant = AssistanceGrant.objects.get()
        assert (grant.employee, grant.customer, grant.role) == (employee, customer, "support")
        assert Notice.objects.filter(kind="help.opened").count() == 1

    def test_before_it_only_a_mask_is_seen(self, client, customer, employee):
        page = text(client.get(url("start", customer.uid)))

        assert "A. L." in page and customer.name not in page
        assert "ada@example.org" not in page and "a…@e….org" in page and PHONE not in page

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"note": "short"}, "10 characters"),
            ({"ticket": ""}, "number of the ticket"),
            ({"caller_check": "none"}, "not one of the available choices"),
            ({"channel": "none"}, "not one of the available choices"),
            ({"caller_check": "facts"}, "two different facts"),
            ({"caller_check": "code"}, "Type the code"),
            ({"caller_check": "code", "help_code": "123"}, "wrong, used or too old"),
            ({"note": "card 4242 4242 4242 4242 of the caller"}, "card"),
        ],
    )
    def test_what_is_wrong_is_said(self, client, customer, employee, changes, said):
        answer = self.post(client, customer, **changes)

        assert answer.status_code == 422 and said in text(answer)
        assert not AssistanceGrant.objects.exists()

    def test_two_right_facts_open(self, client, customer, employee):
        facts = {
            "fact_1": "phone",
            "said_1": "(212) 555-2368",
            "fact_2": "name",
            "said_2": "ada LOVELACE",
        }

        answer = self.post(client, customer, caller_check="facts", **facts)

        assert answer.status_code == 302

    @pytest.mark.parametrize(
        "facts",
        [
            {"fact_1": "phone", "said_1": "2125552368", "fact_2": "name", "said_2": "Eve"},
            {"fact_1": "postal", "said_1": " ", "fact_2": "name", "said_2": "Ada Lovelace"},
            {
                "fact_1": "name",
                "said_1": "Ada Lovelace",
                "fact_2": "name",
                "said_2": "Ada Lovelace",
            },
            {"fact_1": "receipt", "said_1": "", "fact_2": "name", "said_2": "Ada Lovelace"},
        ],
    )
    def test_others_do_not_and_nobody_learns_which(self, client, customer, employee, facts):
        answer = self.post(client, customer, caller_check="facts", **facts)

        assert answer.status_code == 422 and not AssistanceGrant.objects.exists()

    def test_facts_are_guessed_five_times_only(self, client, customer, employee):
        wrong = {"fact_1": "phone", "said_1": "99999999", "fact_2": "name", "said_2": "Eve"}
        right = wrong | {"said_1": PHONE, "said_2": customer.name}
        for _ in range(5):
            self.post(client, customer, caller_check="facts", **wrong)

        answer = self.post(client, customer, caller_check="facts", **right)

        assert "Too many tries" in text(answer) and not AssistanceGrant.objects.exists()

    def test_the_code_from_the_customers_page_opens(self, client, customer, employee):
        now = clock.real_now()
        code = help_codes.issue(customer, shown_to=make_user(), real_now=now)

        answer = self.post(client, customer, caller_check="code", help_code=code)

        assert answer.status_code == 302

    def test_a_second_customer_waits(self, client, grant, foreign):
        other = foreign.account.customer
        page = text(client.get(url("start", other.uid)))
        answer = self.post(client, other)

        assert "end that session first" in page and url("end") in page
        assert answer.status_code == 422 and "end that session first" in text(answer)

    def test_an_administrator_gives_a_reason_only(self, client, customer):
        client.force_login(make_staff("administrator"))

        answer = self.post(client, customer, channel="none", caller_check="none", ticket="")

        assert answer.status_code == 302

    def test_ones_own_data_is_for_somebody_else(self, client, customer, employee):
        customer.email = employee.email
        customer.save()

        answer = self.post(client, customer)

        assert answer.status_code == 422 and "close to them" in text(answer)

    @pytest.mark.parametrize(
        "to", ["https://evil.example/", "//evil.example", "/admin/", "/help/\\evil"]
    )
    def test_it_leads_to_help_pages_only(self, client, customer, employee, to):
        answer = self.post(client, customer, next=to)

        assert answer["Location"] in (url("customer"), "/help/%5Cevil")


class TestSessionIsOver:
    """A form whose time ran out while it was filled in."""

    TYPED = {"subject": "About your October bill", "text": "We have looked at it."}

    def typed(self, grant):
        number = grant.customer.accounts.get().number
        return named(grant, account=number, **self.TYPED)

    def test_what_was_typed_is_kept_and_given_back(self, client, employee, customer, grant):
        run_out(grant)

        answer = client.post(url("message"), self.typed(grant))

        assert answer.status_code == 303
        assert answer["Location"] == f"{url('start', customer.uid)}?next=%2Fhelp%2Fmessage%2F"
        assert not messages_sent()
        assert "your draft is kept" in text(client.get(answer["Location"]))
        again = client.post(answer["Location"], TestStart.FORM | {"next": "/help/message/"})
        assert again["Location"] == url("message")
        page = text(client.get(url("message")))
        assert "About your October bill" in page and "We have looked at it." in page

    def test_it_is_used_up_by_sending(self, client, employee, customer, grant):
        run_out(grant)
        client.post(url("message"), self.typed(grant))
        new = open_session(employee, customer, at=clock.real_now())

        client.post(url("message"), self.typed(new))

        assert not FormDraft.objects.exists()
        assert Notice.objects.filter(subject="About your October bill").count() == 1

    def test_looking_does_not_use_it_up(self, client, employee, customer, grant):
        run_out(grant)
        client.post(url("message"), self.typed(grant))
        open_session(employee, customer, at=clock.real_now())

        for _ in range(2):
            assert "About your October bill" in text(client.get(url("message")))

    def test_nobody_else_gets_it(self, client, customer, grant):
        run_out(grant)
        client.post(url("message"), self.typed(grant))
        colleague = make_staff("support")
        client.force_login(colleague)
        open_session(colleague, customer, at=clock.real_now())

        assert "About your October bill" not in text(client.get(url("message")))

    def test_nor_does_another_customer(self, client, employee, grant, foreign):
        run_out(grant)
        client.post(url("message"), self.typed(grant))
        open_session(employee, foreign.account.customer, at=clock.real_now())

        assert "About your October bill" not in text(client.get(url("message")))

    def test_it_is_ciphertext_and_goes_after_a_week(self, client, customer, grant):
        run_out(grant)
        client.post(url("message"), self.typed(grant))
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM accounts_formdraft")
            [(stored,)] = cursor.fetchall()
        assert "October" not in stored

        now = clock.real_now()
        assert drafts.forget_old(now + timedelta(days=6)) == 0
        assert drafts.forget_old(now + timedelta(days=8)) == 1

    def test_a_form_of_one_session_never_acts_in_another(self, client, employee, grant, foreign):
        """The old form is open in a tab while the employee helps somebody else already."""
        run_out(grant)
        other = open_session(employee, foreign.account.customer, at=clock.real_now())

        answer = client.post(url("message"), self.typed(grant))

        assert answer.status_code == 303 and str(grant.customer.uid) in answer["Location"]
        assert FormDraft.objects.get().customer == grant.customer
        assert not messages_sent()
        other.refresh_from_db()
        assert other.ended_at is None

    @pytest.mark.parametrize("field", [{}, {"help_session": "nonsense"}])
    def test_a_form_that_names_no_session_does_nothing(self, client, grant, field):
        number = grant.customer.accounts.get().number

        answer = client.post(url("message"), field | self.TYPED | {"account": number})

        assert answer.status_code == 303 and not messages_sent()
        assert not FormDraft.objects.exists()

    def test_every_form_of_the_room_names_it(self, client, statement, grant):
        for page in (
            url("message"),
            url("end"),
            url("extend"),
            url("customer"),
            url("bill", statement.number),
        ):
            shown = text(client.get(page))
            forms = re.findall(r'<form method="post" action="(/help/[^"]*)?"', shown)

            assert forms and shown.count(str(grant.uid)) == len(forms), page

    def test_passwords_and_codes_are_never_kept(self, grant):
        fields = {"password1": "x", "help_code": "123456", "text": "kept"}

        drafts.keep(grant, "/help/x/", fields, real_now=clock.real_now())

        assert drafts.kept(grant, "/help/x/") == {"text": "kept"}

    def test_a_disabled_person_gets_nothing(self, client, grant):
        User.objects.filter(pk=grant.employee_id).update(is_active=False)

        assert client.get(url("customer")).status_code == 302  # to sign in

    def test_a_role_that_is_gone_closes_the_room(self, client, grant):
        grant.employee.groups.clear()

        assert client.get(url("customer")).status_code == 404


def messages_sent():
    return Notice.objects.filter(kind="help.message").count()


class TestEnd:
    def test_it_ends_with_an_outcome(self, client, grant):
        answer = client.post(url("end"), named(grant, outcome="solved", note="bill explained"))

        grant.refresh_from_db()
        assert answer["Location"] == url("search")
        assert (grant.outcome, grant.outcome_note) == ("solved", "bill explained")
        assert client.get(url("customer")).status_code == 303

    @pytest.mark.parametrize("outcome", ["", "expired", "signed_out", "role_ended"])
    def test_only_what_a_person_can_say(self, client, grant, outcome):
        assert client.post(url("end"), named(grant, outcome=outcome)).status_code == 422

    def test_signing_out_ends_it(self, client, grant):
        client.post(reverse("account_logout"))

        grant.refresh_from_db()
        assert grant.outcome == "signed_out"

    def test_half_an_hour_more_once(self, client, grant):
        client.post(url("extend"), named(grant, reason="looks at the meter too"))
        once = AssistanceGrant.objects.get().expires_at

        client.post(url("extend"), named(grant, reason="and once more, please"))

        assert (
            AssistanceGrant.objects.get().expires_at
            == once
            == grant.expires_at + timedelta(minutes=30)
        )
        assert "prolonged already" in text(client.get(url("extend")))


class TestEmergency:
    def test_it_opens_without_a_check_and_shows(self, client, customer, employee):
        answer = client.post(url("emergency", customer.uid), {"note": "gas smell at the house"})

        assert answer["Location"] == url("customer")
        page = text(client.get(url("customer")))
        assert "helping-emergency" in page

    def test_the_unreviewed_one_blocks_the_next(self, client, customer, employee):
        for _ in range(2):
            answer = client.post(url("emergency", customer.uid), {"note": "gas smell at the house"})
            AssistanceGrant.objects.update(ended_at=clock.real_now())

        assert answer.status_code == 422 and "has not been reviewed" in text(answer)

    def test_it_is_not_for_every_role(self, client, customer):
        client.force_login(make_staff("billing_specialist"))

        assert client.get(url("emergency", customer.uid)).status_code == 404


def test_customers_own_pages_stay_closed_to_staff(client, statement, grant):
    """A session is no impersonation: the customer's own pages show one's own accounts only."""
    for page in (
        reverse("statements:detail", args=[statement.number]),
        reverse("payments:list", args=[statement.account.number]),
        reverse("payments:pay_account", args=[statement.account.number]),
        reverse("reports:account_history", args=[statement.account.number]),
    ):
        assert client.get(page).status_code == 404, page
