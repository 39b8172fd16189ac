"""Language, theme and size of text: for a stranger in this browser, for a person everywhere."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db
WANTED = {"language": "es", "theme": "dark", "text_size": "150"}
AS_WANTED = '<html lang="es" dir="ltr" data-theme="dark" data-text="150">'


@pytest.fixture(autouse=True)
def utility():
    return make_utility()


def start(client):
    return client.get("/accessibility/").content.decode()


def test_a_stranger_chooses_for_this_browser(client):
    answer = client.post(reverse("display"), WANTED)

    assert answer.status_code == 302
    assert AS_WANTED in start(client)
    assert AS_WANTED not in start(Client())


def test_a_person_has_it_in_another_browser_too(client):
    user = make_user()
    client.force_login(user)

    client.post(reverse("display"), WANTED)

    elsewhere = Client()
    elsewhere.force_login(user)
    assert AS_WANTED in start(elsewhere)
    kept = User.objects.values_list("language", "theme", "text_size").get(pk=user.pk)
    assert kept == ("es", "dark", 150)


def test_what_does_not_exist_is_refused_and_said(client):
    answer = client.post(reverse("display"), {"language": "xx", "theme": "pink", "text_size": "7"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"language", "theme", "text_size"}


@pytest.mark.parametrize("cookie", ['"><script>', "dark;", "", "é"])
def test_a_cookie_that_holds_anything_changes_nothing(client, cookie):
    client.cookies["theme"] = client.cookies["text"] = cookie

    assert 'data-theme="system" data-text="100"' in start(client)


def test_the_foot_of_the_page_keeps_the_language_with_the_login(client):
    user = make_user()
    client.force_login(user)

    client.post(reverse("change_language"), {"language": "es", "next": "/accessibility/"})

    user.refresh_from_db()
    assert user.language == "es"
    elsewhere = Client()
    elsewhere.force_login(user)
    assert 'lang="es"' in start(elsewhere)
