"""The admin pages work in a real browser under our policy: nothing is refused on any of them."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/admin/",
    "/admin/meters/meterconnection/",
    "/admin/meters/meterconnection/add/",
    "/admin/meters/customeragreement/add/",
    "/admin/tariffs/tariff/",
    "/admin/accounts/customeraccount/",
]


@pytest.fixture
def page(browser, live_server, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    make.make_world()
    make.make_home()
    person = Client()
    person.force_login(User.objects.create_superuser("root@example.org"))
    name = django_settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url)
    context.add_cookies(
        [{"name": name, "value": person.cookies[name].value, "url": live_server.url}]
    )
    opened = context.new_page()
    opened.said = []
    opened.on("console", lambda m: opened.said.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    yield opened
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_refused(page, path):
    answer = page.goto(path)

    assert answer.status == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert page.said == []


def test_the_search_in_a_field_and_the_calendar_open(page):
    page.goto("/admin/meters/customeragreement/add/")

    page.locator(".select2-selection").first.click()
    page.wait_for_selector(".select2-results__option")
    page.keyboard.press("Escape")
    page.locator(".datetimeshortcuts a[id^=calendarlink]").first.click()

    assert page.locator(".calendarbox").first.is_visible()
    assert page.said == []
