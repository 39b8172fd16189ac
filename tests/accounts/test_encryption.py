from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import Customer, User
from core.encryption import Undecipherable, blind_index
from tests.accounts.factories import make_user

pytestmark = pytest.mark.django_db
PHONE = "+12125552368"


def stored(table, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT phone FROM {table} WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_a_phone_number_is_ciphertext_in_the_row_and_in_its_history():
    user = make_user(phone=PHONE)
    history = user.history.latest()

    assert PHONE not in stored("accounts_user", user.pk)
    assert stored("accounts_user", user.pk).startswith("v1.")
    assert User.objects.get(pk=user.pk).phone == PHONE
    assert history.phone == PHONE
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_historicaluser")
        assert all(PHONE not in value for (value,) in cursor.fetchall())


def test_the_same_number_never_looks_the_same_but_is_found():
    one, two = make_user(phone=PHONE), make_user(phone=PHONE)

    assert stored("accounts_user", one.pk) != stored("accounts_user", two.pk)
    assert set(User.objects.filter(phone_index=blind_index(PHONE, purpose="phone"))) == {one, two}


def test_the_index_follows_the_number():
    user = make_user(phone=PHONE)

    user.phone = ""
    user.save()

    assert User.objects.get(pk=user.pk).phone_index == ""


def test_a_ciphertext_is_worth_nothing_in_another_row():
    mine, theirs = make_user(phone=PHONE), make_user(phone="+12125550000")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET phone = %s WHERE id = %s",
            [stored("accounts_user", theirs.pk), mine.pk],
        )

    with pytest.raises(Undecipherable):
        _ = User.objects.get(pk=mine.pk).phone


def test_a_new_key_closes_and_the_old_one_still_opens(settings):
    customer = Customer.objects.create(name="Ada", phone=PHONE)
    before = stored("accounts_customer", customer.pk)
    settings.FIELD_KEYS = ["QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", *settings.FIELD_KEYS]

    again = Customer.objects.get(pk=customer.pk)
    assert again.phone == PHONE
    again.save()

    assert stored("accounts_customer", customer.pk).split(".")[1] != before.split(".")[1]
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert Customer.objects.get(pk=customer.pk).phone == PHONE


def test_a_query_cannot_write_clear_text():
    user = make_user(phone=PHONE)

    with pytest.raises(TypeError, match="encrypted"):
        User.objects.filter(pk=user.pk).update(phone=PHONE)


def test_rotating_the_keys_renews_every_value_and_may_run_again(settings, capsys):
    from django.core.management import call_command

    user = make_user(phone=PHONE)
    Customer.objects.create(name="Ada", phone=PHONE)
    Customer.objects.create(name="No phone")
    settings.FIELD_KEYS = ["QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", *settings.FIELD_KEYS]

    call_command("rotate_keys")

    said = capsys.readouterr().out
    assert "accounts.User.phone: 1 renewed" in said
    assert "accounts.Customer.phone: 1 renewed" in said
    assert "accounts.HistoricalUser.phone: 1 renewed" in said
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert User.objects.get(pk=user.pk).phone == PHONE
    assert user.history.latest().phone == PHONE
    call_command("rotate_keys")
    assert "1 renewed" not in capsys.readouterr().out
