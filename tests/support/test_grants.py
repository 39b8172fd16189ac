"""The laws of help sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.grants import live_grant
from accounts.models import AssistanceGrant, AuditEvent, User
from accounts.operations import grants, help_codes
from accounts.operations.roles import grant_role
from notifications.models import Notice
from support.operations import help as sessions
from tests.accounts.factories import make_account, make_user, make_utility
from tests.statements.factories import make_staff
from tests.support.helping import NOON, NOTE, open_session

pytestmark = pytest.mark.django_db
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def customer():
    return make_account().customer


@pytest.fixture
def employee():
    return make_staff("support")


def refused(reason):
    return pytest.raises(grants.GrantRefused, match=reason)


def test_a_session_is_live_for_half_an_hour(employee, customer):
    grant = open_session(employee, customer)

    assert live_grant(employee, NOON) == grant
    assert live_grant(employee, NOON + timedelta(minutes=30, seconds=-1)) == grant
    assert live_grant(employee, NOON + timedelta(minutes=30)) is None


def test_a_second_one_is_refused_until_the_first_has_ended(employee, customer):
    grant = open_session(employee, customer)
    with refused("already_open"):
        open_session(employee, make_account().customer)

    grants.end(grant, outcome="solved", note="", real_now=NOON)

    assert open_session(employee, make_account().customer).pk != grant.pk


def test_one_that_ran_out_is_ended_as_of_its_end_when_the_next_opens(employee, customer):
    grant = open_session(employee, customer)

    open_session(employee, customer, at=NOON + timedelta(hours=5))

    grant.refresh_from_db()
    assert (grant.ended_at, grant.outcome) == (NOON + timedelta(minutes=30), "expired")


def test_it_is_prolonged_once_with_a_reason(employee, customer):
    grant = open_session(employee, customer)
    with pytest.raises(ValueError):
        grants.extend(grant, reason="more", real_now=NOON)

    grants.extend(grant, reason="looks at the meter too", real_now=NOON + 20 * A_MINUTE)

    assert grant.expires_at == NOON + timedelta(hours=1)
    with pytest.raises(grants.NotLive):
        grants.extend(grant, reason="and once more, please", real_now=NOON + 30 * A_MINUTE)


def test_what_is_over_is_not_prolonged_nor_raised_nor_ended(employee, customer):
    grant, later = open_session(employee, customer), NOON + 31 * A_MINUTE

    for act in (
        lambda: grants.extend(grant, reason="looks at the meter", real_now=later),
        lambda: grants.raise_level(grant, later),
        lambda: grants.end(grant, outcome="solved", note="", real_now=later),
    ):
        with pytest.raises(grants.NotLive):
            act()


def test_the_level_is_raised_once_and_noted(employee, customer):
    grant = open_session(employee, customer)

    grants.raise_level(grant, NOON)
    grants.raise_level(grant, NOON)

    assert grant.level == "act"
    assert AuditEvent.objects.filter(action="help.act", grant=grant).count() == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"note": "too short"}, "note_too_short"),
        ({"channel": "none"}, "caller_not_checked"),
        ({"caller_check": "none"}, "caller_not_checked"),
        ({"ticket": " "}, "no_ticket"),
        ({"caller_check": "code", "help_code": "000000"}, "wrong_code"),
        ({"role": "administrator"}, "no_role"),
        ({"role": "finance"}, "no_role"),
        ({"role": "billing_manager"}, "no_role"),
    ],
)
def test_what_is_missing_is_named(employee, customer, options, reason):
    with refused(reason):
        open_session(employee, customer, **options)

    assert not AssistanceGrant.objects.exists()


@pytest.mark.parametrize("role", ["finance", "auditor", "cashier", "billing_manager"])
def test_other_roles_open_none(customer, role):
    with refused("no_role"):
        open_session(make_staff(role), customer, role=role)


def test_an_administrator_gives_a_reason_only(customer):
    grant = open_session(
        make_staff("administrator"), customer, channel="none", caller_check="none", ticket=""
    )

    assert grant.role == "administrator"
    assert live_grant(grant.employee, NOON) == grant


class TestEnds:
    """What ends a session at the next request."""

    @pytest.fixture
    def grant(self, employee, customer):
        return open_session(employee, customer)

    def test_the_role_taken(self, grant):
        grant.employee.groups.clear()

        assert live_grant(grant.employee, NOON) is None

    def test_another_role_does_not_carry_it(self, grant):
        grant.employee.groups.set(make_staff("billing_specialist").groups.all())

        assert live_grant(grant.employee, NOON) is None

    def test_the_person_disabled(self, grant):
        User.objects.filter(pk=grant.employee_id).update(is_active=False)

        assert live_grant(grant.employee, NOON) is None

    def test_no_staff_any_more(self, grant):
        User.objects.filter(pk=grant.employee_id).update(is_staff=False)

        assert live_grant(grant.employee, NOON) is None

    def test_a_relation_declared_meanwhile(self, grant):
        declare(grant.employee, grant.customer)

        assert live_grant(grant.employee, NOON) is None

    def test_an_account_claimed_meanwhile(self, grant):
        account = grant.customer.accounts.get()
        grant_role(grant.employee, account, "holder", starts_at=NOON)

        assert live_grant(grant.employee, NOON) is None

    def test_the_address_of_the_customer_become_ones_own(self, grant):
        grant.customer.email = grant.employee.email.upper()
        grant.customer.save()

        assert live_grant(grant.employee, NOON) is None

    def test_signing_out(self, grant, client):
        client.force_login(grant.employee)

        client.post("/accounts/logout/")

        grant.refresh_from_db()
        assert grant.outcome in ("signed_out", "expired")
        assert grant.ended_at is not None


def declare(employee, customer):
    return grants.declare(employee, customer, note="", declared_by=employee, real_now=NOON)


class TestConflicts:
    def conflict(self, employee, customer):
        with pytest.raises(grants.ConflictOfInterest):
            open_session(employee, customer)
        assert not AssistanceGrant.objects.exists()

    def test_own_account(self, employee, customer):
        grant_role(employee, customer.accounts.get(), "payer", starts_at=NOON)

        self.conflict(employee, customer)

    def test_a_role_to_come(self, employee, customer):
        later = NOON + timedelta(days=9)
        grant_role(employee, customer.accounts.get(), "holder", starts_at=later)

        self.conflict(employee, customer)

    def test_the_same_address(self, employee, customer):
        customer.email = employee.email.upper()
        customer.save()

        self.conflict(employee, customer)

    def test_the_same_phone(self, employee, customer):
        for one in (employee, customer):
            one.phone = "+12125552368"
            one.save()

        self.conflict(employee, customer)

    def test_a_declared_relation(self, employee, customer):
        declare(employee, customer)

        self.conflict(employee, customer)

    def test_a_colleague_leaves_it_to_the_administrator(self, employee, customer):
        declare(make_staff("cashier"), customer)
        with pytest.raises(grants.SupervisorOnly):
            open_session(employee, customer)

        admin = make_staff("administrator")
        grant = open_session(admin, customer, channel="none", caller_check="none")

        assert live_grant(admin, NOON) == grant

    def test_an_administrator_does_not_help_themselves(self, customer):
        admin = make_staff("administrator")
        grant_role(admin, customer.accounts.get(), "holder", starts_at=NOON)

        self.conflict(admin, customer)

    def test_an_ended_relation_is_none(self, employee, customer):
        relation = declare(employee, customer)
        with pytest.raises(grants.NotYoursToEnd):
            grants.end_relation(relation, by=employee, real_now=NOON)

        grants.end_relation(relation, by=make_staff("administrator"), real_now=NOON)

        assert open_session(employee, customer)

    def test_nobody_ends_their_own(self, customer):
        admin = make_staff("administrator")
        relation = declare(admin, customer)

        with pytest.raises(grants.NotYoursToEnd):
            grants.end_relation(relation, by=admin, real_now=NOON)


class TestCodes:
    def issue(self, customer, at=NOON):
        return help_codes.issue(customer, shown_to=make_user(), real_now=at)

    def open(self, employee, customer, code, at=NOON):
        return open_session(employee, customer, at=at, caller_check="code", help_code=code)

    def test_a_code_opens_once(self, employee, customer):
        code = self.issue(customer)
        grant = self.open(employee, customer, f"{code[:3]} {code[3:]}")
        grants.end(grant, outcome="solved", note="", real_now=NOON)

        with refused("wrong_code"):
            self.open(employee, customer, code)

    def test_it_is_good_for_ten_minutes(self, employee, customer):
        code = self.issue(customer)

        with refused("wrong_code"):
            self.open(employee, customer, code, NOON + 10 * A_MINUTE)

    def test_it_is_the_customers_only(self, employee, customer):
        code = self.issue(make_account().customer)

        with refused("wrong_code"):
            self.open(employee, customer, code)

    def test_a_newer_one_ends_it(self, employee, customer):
        old, new = self.issue(customer), self.issue(customer)
        if old != new:
            with refused("wrong_code"):
                self.open(employee, customer, old)

        assert self.open(employee, customer, new)

    def test_after_five_wrong_ones_the_right_one_waits(self, employee, customer):
        code = self.issue(customer)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        for _ in range(5):
            with refused("wrong_code"):
                self.open(employee, customer, wrong)

        with pytest.raises(grants.TooManyAttempts):
            self.open(employee, customer, code)

    def test_colleagues_share_the_tries_about_one_customer(self, customer):
        code = self.issue(customer)
        for _ in range(5):
            with refused("wrong_code"):
                self.open(make_staff("support"), customer, "x")

        with pytest.raises(grants.TooManyAttempts):
            self.open(make_staff("support"), customer, code)

    def test_it_is_kept_as_a_digest(self, customer):
        code = self.issue(customer)

        [row] = customer.help_codes.all()
        assert code not in row.code_hash and len(row.code_hash) == 64


class TestEmergency:
    @pytest.fixture(autouse=True)
    def utility(self):
        make_utility()

    def start(self, employee, customer, at=NOON):
        return sessions.start_emergency(
            employee, customer, note="gas smell at the house", real_now=at
        )

    def test_it_alerts_everybody_at_once(
        self, employee, customer, django_capture_on_commit_callbacks
    ):
        admin = make_staff("administrator")
        with django_capture_on_commit_callbacks(execute=True):
            grant = self.start(employee, customer)

        [message] = mail.outbox
        assert message.bcc == [admin.email]
        assert customer.name not in message.body + message.subject
        assert str(grant.uid) in message.body
        assert AuditEvent.objects.filter(action="help.emergency", grant=grant).exists()
        assert "emergency" in Notice.objects.get().body

    def test_the_next_waits_for_the_review_by_another(self, employee, customer):
        grant = self.start(employee, customer)
        grants.end(grant, outcome="solved", note="", real_now=NOON)
        with refused("not_reviewed"):
            self.start(employee, customer, NOON + timedelta(hours=25))
        with pytest.raises(grants.NotYours):
            review(grant, employee)

        review(grant, make_staff("auditor"))

        assert self.start(employee, customer, NOON + timedelta(hours=25))

    def test_a_conflict_stands_in_an_emergency_too(self, employee, customer):
        declare(employee, customer)

        with pytest.raises(grants.ConflictOfInterest):
            self.start(employee, customer)

    @pytest.mark.parametrize("role", ["billing_specialist", "finance", "cashier"])
    def test_it_is_for_the_roles_that_are_set(self, customer, role):
        with refused("no_role"):
            self.start(make_staff(role), customer)

    def test_the_setting_says_who(self, customer, settings):
        settings.EMERGENCY_ROLES = ["billing_specialist"]

        assert self.start(make_staff("billing_specialist"), customer).is_emergency
        with refused("no_role"):
            self.start(make_staff("support"), customer)


def review(grant, reviewer):
    grants.review(
        grant, reviewer=reviewer, verdict="justified", note="the fire brigade asked", real_now=NOON
    )


class TestReview:
    def test_once_and_never_ones_own(self, employee, customer):
        admin = make_staff("administrator")
        grant = open_session(admin, customer, channel="none", caller_check="none")
        with pytest.raises(grants.NotYours):
            review(grant, admin)
        with pytest.raises(grants.NotYours):
            review(grant, employee)

        review(grant, make_staff("billing_manager"))

        with pytest.raises(grants.AlreadyReviewed):
            review(grant, make_staff("auditor"))

    def test_the_database_refuses_ones_own_too(self, employee, customer):
        grant = open_session(employee, customer)

        with pytest.raises(IntegrityError), transaction.atomic():
            AssistanceGrant.objects.filter(pk=grant.pk).update(reviewed_by=employee)


def test_more_sessions_than_work_explains_raise_an_alert(employee, customer):
    counts = []
    for n in range(22):
        at = NOON + n * timedelta(minutes=31)
        open_session(employee, customer, at=at, ticket=f"T-{n}")
        counts.append(AuditEvent.objects.filter(action="help.many").count())

    assert counts[19:] == [0, 1, 2]


def test_more_than_five_a_day_without_ticket_or_code_raise_an_alert(employee, customer):
    for n in range(6):
        at = NOON + n * timedelta(minutes=31)
        open_session(employee, customer, at=at, caller_check="facts", ticket="")

    [event] = AuditEvent.objects.filter(action="help.many")
    assert event.detail == {"sessions": 6, "without_ticket_or_code": 6}


def test_the_inbox_tells_the_customer_without_a_mail(employee, customer, settings):
    make_utility()
    values = {
        "role": "support",
        "reason": "bill",
        "note": NOTE,
        "channel": "call",
        "caller_check": "ticket",
        "ticket": "T-1",
    }
    grant = sessions.start(employee, customer, real_now=NOON, **values)

    [notice] = Notice.objects.all()
    assert notice.link == "/security/who-looked/" and not notice.deliveries.exists()
    grants.end(grant, outcome="solved", note="", real_now=NOON)
    settings.HELP_NOTICE = False
    sessions.start(employee, customer, real_now=NOON, **values)
    assert Notice.objects.count() == 1


SECONDS = st.integers(min_value=0, max_value=4 * 3600)


class TestLaws(TestCase):
    """Whatever is asked and whenever: one open session, never longer than its time."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(st.sampled_from(["open", "extend", "end", "raise"]), SECONDS), max_size=12
        )
    )
    def test_no_order_of_acts_gives_more_than_the_rules(self, acts):
        employee, customer = make_staff("support"), make_account().customer
        for act, seconds in sorted(acts, key=lambda each: each[1]):
            now = NOON + timedelta(seconds=seconds)
            self.attempt(act, employee, customer, now)
            self.check(employee, now)

    def attempt(self, act, employee, customer, now):
        live = live_grant(employee, now)
        try:
            if act == "open":
                open_session(employee, customer, at=now)
            elif live and act == "extend":
                grants.extend(live, reason="it takes a while", real_now=now)
            elif live and act == "end":
                grants.end(live, outcome="solved", note="", real_now=now)
            elif live:
                grants.raise_level(live, now)
        except grants.GrantRefused as error:
            assert live and error.reason == "already_open"
        except grants.NotLive:
            assert live and live.extension_reason

    def check(self, employee, now):
        mine = AssistanceGrant.objects.filter(employee=employee)
        assert mine.filter(ended_at__isnull=True).count() <= 1
        for grant in mine:
            longest = timedelta(hours=1 if grant.extension_reason else 0.5)
            assert grant.expires_at - grant.opened_at == longest
            assert (
                grant.expires_at
                <= grant.last_possible_at
                == grant.opened_at + 4 * timedelta(minutes=30)
            )
            is_live = grant.ended_at is None and grant.opened_at <= now < grant.expires_at
            assert (live_grant(employee, now) == grant) == is_live
