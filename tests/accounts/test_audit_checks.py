"""Every way in which the doors' records can be wrong is found under exactly its code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from accounts.checks.secrets import columns
from accounts.models import (
    Approval,
    AssistanceGrant,
    AuditEvent,
    ClaimCode,
    Customer,
    HelpCode,
    Invitation,
    RecoveryCode,
    User,
)
from accounts.operations import grants, issue_claim_codes, people, second_factor
from accounts.operations.audit import audit_read
from core import clock
from core.db.unguarded import unguarded
from core.encryption import EncryptedTextField
from core.integrity import Scope
from reports import integrity
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import make_staff, make_world

pytestmark = pytest.mark.django_db


class Story:
    """Staff who came and went, one help session, looks by session and by role, and secrets."""

    def __init__(self):
        make_world()
        now = clock.real_now()
        self.boss, self.other = make_staff("administrator"), make_staff("administrator")
        self.agent, self.finance = make_staff("support"), make_staff("finance")
        self.account = make_account()
        self.customer = self.account.customer
        self.customer.phone = "+12125552368"
        self.customer.save()
        approval = people.ask_role_change(
            make_user(), ["cashier"], asked_by=self.boss, reason="New", real_now=now
        )
        people.approve_role_change(approval, decided_by=self.other, real_now=now)
        self.waiting = people.ask_role_change(
            self.agent, ["cashier"], asked_by=self.boss, reason="Moves", real_now=now
        )
        self.grant = grants.open_grant(
            self.agent,
            self.customer,
            role="support",
            reason="bill",
            note="Asks about a bill",
            channel="call",
            caller_check="facts",
            real_now=now,
        )
        look = {"account": self.account, "customer": self.customer}
        audit_read("customer.look", self.account, actor=self.agent, grant=self.grant, **look)
        audit_read("payment.look", self.account, actor=self.finance, **look)
        grants.end(self.grant, outcome="solved", note="", real_now=clock.real_now())
        self._secrets(now)

    def _secrets(self, now):
        issue_claim_codes([self.account.pk], now)
        second_factor.make_recovery_codes(self.agent, real_now=now)
        people.invite_staff(
            "nina@example.com", name="Nina", roles=["cashier"], invited_by=self.boss, real_now=now
        )
        HelpCode.objects.create(
            customer=self.customer,
            shown_to=self.boss,
            code_hash="a" * 64,
            created_at=now,
            expires_at=now,
        )


def violated():
    return {r.code for r in integrity.check(Scope(clock.real_now())) if r.violations}


def run(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount, sql


def events(**wanted):
    found = AuditEvent.objects.filter(**wanted)
    assert found.exists(), wanted
    return found


# --- U01


def forget_an_approval(story):
    events(action="approval.approve").delete()


def forget_what_was_asked(story):
    key = str(story.waiting.pk)
    events(action="approval.ask", object_key=key).delete()


def decide_behind_the_back(story):
    Approval.objects.filter(pk=story.waiting.pk).update(
        state="rejected", decided_by=story.other, decided_at=clock.real_now()
    )


def forget_that_a_session_was_opened(story):
    events(action="help.open").delete()


def forget_that_a_session_ended(story):
    events(action="help.end").delete()


def prolong_behind_the_back(story):
    AssistanceGrant.objects.filter(pk=story.grant.pk).update(extension_reason="Takes long")


def review_behind_the_back(story):
    AssistanceGrant.objects.filter(pk=story.grant.pk).update(
        reviewed_by=story.boss, reviewed_at=clock.real_now(), review="justified"
    )


def give_a_role_behind_the_back(story):
    story.agent.groups.add(Group.objects.get(name="administrator"))


def take_a_role_behind_the_back(story):
    story.boss.groups.clear()
    story.boss.groups.add(Group.objects.get(name="support"))


def make_a_superuser(story):
    User.objects.filter(pk=story.finance.pk).update(is_superuser=True)


def forget_a_change_of_roles(story):
    events(action="user.roles").delete()


# --- U02


def change(action, **changes):
    assert events(action=action, kind="read").update(**changes)


def look_without_a_session(story):
    change("customer.look", grant=None)


def look_without_any_right(story):
    change("payment.look", basis="")


def look_at_another_customer(story):
    change("customer.look", customer=Customer.objects.create(name="Somebody"))


def look_in_the_session_of_another(story):
    change("customer.look", actor=story.other)


def look_before_the_session(story):
    change("customer.look", recorded_at=story.grant.opened_at - timedelta(hours=1))


def look_after_the_session(story):
    change("customer.look", recorded_at=story.grant.expires_at + timedelta(minutes=2))


def look_by_a_role_that_sees_no_money(story):
    change("payment.look", actor=story.agent)


def look_by_a_role_before_it_was_given(story):
    change("payment.look", recorded_at=clock.real_now() - timedelta(days=1))


def look_of_nobody(story):
    change("payment.look", actor=None)


# --- U03


def write_a_phone_in_clear(story):
    run("UPDATE accounts_customer SET phone = '+12125552368' WHERE phone <> ''")


def write_an_old_phone_in_clear(story):
    run("UPDATE accounts_historicalcustomer SET phone = '+12125552368' WHERE phone <> ''")


def write_a_recovery_code_in_clear(story):
    key = RecoveryCode.objects.order_by("pk")[0].pk
    RecoveryCode.objects.filter(pk=key).update(code_hash="ABCD-EFGH-JKLM")


def write_a_link_in_clear(story):
    assert Invitation.objects.update(token_hash="https://example.com/invitation/1")


def write_a_claim_code_in_clear(story):
    assert ClaimCode.objects.update(code_hash="AAAA-BBBB-CCCC")


def write_a_help_code_in_clear(story):
    assert HelpCode.objects.update(code_hash="123456")


def write_a_password_in_clear(story):
    User.objects.filter(pk=story.agent.pk).update(password="correct horse battery")


KINDS = [
    *(
        (corrupt, "U01")
        for corrupt in (
            forget_an_approval,
            forget_what_was_asked,
            decide_behind_the_back,
            forget_that_a_session_was_opened,
            forget_that_a_session_ended,
            prolong_behind_the_back,
            review_behind_the_back,
            give_a_role_behind_the_back,
            take_a_role_behind_the_back,
            make_a_superuser,
            forget_a_change_of_roles,
        )
    ),
    *(
        (corrupt, "U02")
        for corrupt in (
            look_without_a_session,
            look_without_any_right,
            look_at_another_customer,
            look_in_the_session_of_another,
            look_before_the_session,
            look_after_the_session,
            look_by_a_role_that_sees_no_money,
            look_by_a_role_before_it_was_given,
            look_of_nobody,
        )
    ),
    *(
        (corrupt, "U03")
        for corrupt in (
            write_a_phone_in_clear,
            write_an_old_phone_in_clear,
            write_a_recovery_code_in_clear,
            write_a_link_in_clear,
            write_a_claim_code_in_clear,
            write_a_help_code_in_clear,
            write_a_password_in_clear,
        )
    ),
]


def test_each_corruption_is_found_under_exactly_its_code():
    story = Story()
    assert violated() == set()

    found = {}
    for corrupt, _code in KINDS:
        with transaction.atomic():
            with unguarded(connection):
                corrupt(story)
            found[corrupt.__name__] = violated()
            transaction.set_rollback(True)

    assert found == {corrupt.__name__: {code} for corrupt, code in KINDS}
    print(f"{len(found)} corruptions, each found under exactly its code")


def test_a_look_at_the_last_second_of_a_session_is_no_violation():
    story = Story()

    with unguarded(connection):
        AssistanceGrant.objects.filter(pk=story.grant.pk).update(
            opened_at=story.grant.opened_at - timedelta(hours=1),
            ended_at=clock.real_now() - timedelta(seconds=5),
        )

    assert "U02" not in violated()


def test_a_look_by_a_role_that_was_taken_since_stays_right():
    story = Story()

    people.take_roles(
        story.finance, ["finance"], actor=story.boss, reason="Left", real_now=clock.real_now()
    )

    assert violated() == set()


def test_the_checks_keep_to_one_account_and_to_what_is_new():
    story = Story()
    with unguarded(connection):
        look_without_a_session(story)

    later = clock.real_now() + timedelta(minutes=1)
    of_other = Scope(clock.real_now(), account_id=make_account().pk)
    of_this = Scope(clock.real_now(), account_id=story.account.pk)

    def found(scope):
        return {r.code for r in integrity.check(scope) if r.violations}

    assert found(of_other) == set()
    assert found(of_this) == {"U02"}
    assert found(Scope(clock.real_now(), since=later)) == set()


def test_every_encrypted_column_is_looked_at():
    found = {f"{model._meta.db_table}.{column}" for model, column in columns(EncryptedTextField)}

    assert {
        "accounts_user.phone",
        "accounts_historicaluser.phone",
        "accounts_customer.phone",
        "accounts_authenticatordevice.key",
        "accounts_formdraft.body",
    } <= found
