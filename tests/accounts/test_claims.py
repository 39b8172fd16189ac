from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import access, claims, operations, queries
from accounts.models import AccountRole, AuditEvent, ClaimCode
from tests.accounts.factories import NOW, make_account, make_user

pytestmark = pytest.mark.django_db


def claim(user, account, code, *, now=NOW, ip="192.0.2.1"):
    return operations.claim_account(user, number=account.number, code=code, now=now, ip=ip)


def test_number_and_code_make_the_user_holder_once():
    user, account = make_user(), make_account()
    code = operations.issue_claim_code(account, NOW)

    claim(user, account, code)

    role = AccountRole.objects.get()
    assert (role.user, role.account, role.role) == (user, account, "holder")
    assert list(access.accounts_for(user, NOW)) == [account]
    assert AuditEvent.objects.filter(action="account.claim", account=account).count() == 1


@pytest.mark.parametrize(
    ("chosen", "theirs", "then"), [("en", "es", "es"), ("es", "en", "es"), ("en", "xx", "en")]
)
def test_bills_follow_the_language_of_the_holder_unless_one_was_chosen(chosen, theirs, then):
    user, account = make_user(language=theirs), make_account()
    account.customer.language = chosen
    account.customer.save()

    claim(user, account, operations.issue_claim_code(account, NOW))

    account.customer.refresh_from_db()
    assert account.customer.language == then
    changed = AuditEvent.objects.filter(action="contact.change", customer=account.customer)
    assert changed.exists() == (chosen != then)


@pytest.mark.parametrize(
    "habit",
    [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("0", "O").replace("1", "I")],
)
def test_typing_habits_do_not_matter(habit):
    user, account = make_user(), make_account()
    code = operations.issue_claim_code(account, NOW)

    assert claim(user, account, habit(code)) == account


def test_the_database_holds_no_code_yet_prints_it_again():
    account = make_account()
    code = operations.issue_claim_code(account, NOW)

    row = ClaimCode.objects.values().get()
    assert code not in str(row)
    assert code.replace("-", "") not in str(row)
    assert queries.printable_claim_code(account, NOW) == code


def test_a_code_survives_a_new_secret_key(settings):
    user, account = make_user(), make_account()
    code = operations.issue_claim_code(account, NOW)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " * 5

    assert queries.printable_claim_code(account, NOW) == code
    assert claim(user, account, code) == account


def statements(work):
    """Return what was sent, without values and without the names of savepoints."""
    sent = [re.split(" SET | VALUES | SELECT | WHERE ", query["sql"])[0] for query in work]
    return [sql for sql in sent if "SAVEPOINT" not in sql]


def failures():
    """Each kind of failure: (account, code, moment)."""
    used, expired, other, never = (make_account() for _ in range(4))
    used_code = operations.issue_claim_code(used, NOW)
    claim(make_user(), used, used_code, ip="198.51.100.9")
    expired_code = operations.issue_claim_code(expired, NOW - claims.LIFETIME)
    other_code = operations.issue_claim_code(other, NOW)
    return {
        "used": (used, used_code),
        "expired": (expired, expired_code),
        "for another account": (never, other_code),
        "guessed": (other, "AAAA-BBBB-CCCC"),
        "empty": (never, ""),
    }


def test_every_failure_is_the_same_answer_and_the_same_work():
    works = {}
    for i, (name, (account, code)) in enumerate(failures().items()):
        user = make_user()
        with (
            CaptureQueriesContext(connection) as work,
            pytest.raises(operations.ClaimRefused) as refused,
        ):
            claim(user, account, code, ip=f"192.0.2.{i + 10}")
        works[name] = (str(refused.value), statements(work))

    assert len(works) == 5
    assert len({str(work) for work in works.values()}) == 1, works


def test_an_account_number_that_does_not_exist_costs_the_same():
    account, works = make_account(), []
    for i, number in enumerate([account.number, "9999999999"]):
        user, account.number = make_user(), number
        with CaptureQueriesContext(connection) as work, pytest.raises(operations.ClaimRefused):
            claim(user, account, "AAAA-BBBB-CCCC", ip=f"192.0.2.{i}")
        works.append(statements(work))

    assert works[0] == works[1]


def test_the_sixth_try_of_a_user_is_refused_even_with_the_right_code():
    user, account = make_user(), make_account()
    code = operations.issue_claim_code(account, NOW)
    for i in range(5):
        with pytest.raises(operations.ClaimRefused):
            claim(user, account, "AAAA-BBBB-CCCC", ip=f"192.0.2.{i}")

    with pytest.raises(operations.TooManyAttempts) as refused:
        claim(user, account, code, ip="192.0.2.99")
    assert refused.value.retry_at == NOW + timedelta(hours=1)
    with pytest.raises(operations.TooManyAttempts):
        claim(user, account, code, now=NOW + timedelta(minutes=59), ip="192.0.2.99")
    assert claim(user, account, code, now=NOW + timedelta(hours=1), ip="192.0.2.99") == account


def test_one_address_has_five_tries_whoever_signs_in_there():
    account = make_account()
    code = operations.issue_claim_code(account, NOW)
    for _ in range(5):
        with pytest.raises(operations.ClaimRefused):
            claim(make_user(), account, "AAAA-BBBB-CCCC")

    with pytest.raises(operations.TooManyAttempts):
        claim(make_user(), account, code)
    assert claim(make_user(), account, code, ip="192.0.2.2") == account


def test_a_claim_ends_the_other_codes_of_the_account():
    account = make_account()
    old, new = (operations.issue_claim_code(account, NOW) for _ in range(2))

    claim(make_user(), account, new)

    with pytest.raises(operations.ClaimRefused):
        claim(make_user(), account, old, ip="192.0.2.2")


def test_codes_are_made_in_bulk_for_accounts_that_nobody_holds(django_assert_num_queries):
    held, first, second = make_account(), make_account(), make_account()
    claim(make_user(), held, operations.issue_claim_code(held, NOW))

    with django_assert_num_queries(2):
        codes = operations.issue_claim_codes([held.pk, first.pk, second.pk], NOW)

    assert set(codes) == {first.pk, second.pk}
    assert claim(make_user(), first, codes[first.pk], ip="192.0.2.2") == first
