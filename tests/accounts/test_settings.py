"""The settings of the utility: who changes what, what cannot change any more, and the colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import override_settings
from django.urls import reverse

from accounts import brand, house
from accounts.models import AuditEvent, Utility
from accounts.operations.house import Fixed, NothingChanged, change_setting
from billing_site.house import advanced
from tests.accounts.factories import make_account, make_user, make_utility
from tests.signing_in import let_it_be_long_ago
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PAGE, ADVANCED = "/manage/settings/", "/manage/settings/advanced/"


@pytest.fixture(autouse=True)
def utility():
    return make_utility(phone="+1 302 555 0100")


@pytest.fixture
def admin(client):
    user = make_staff("administrator")
    client.force_login(user)
    return user


def form(client, field, value):
    return client.post(reverse("settings_change", args=[field]), {"value": value})


def held(field):
    return getattr(Utility.objects.get(), field)


def test_an_administrator_changes_one_setting_and_it_is_written_down(client, admin):
    response = form(client, "phone", "+1 302 555 0177")

    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert held("phone") == "+1 302 555 0177"
    event = AuditEvent.objects.get(action="utility.change")
    assert event.actor == admin
    assert event.detail == {
        "changed": ["phone"],
        "before": {"phone": "+1 302 555 0100"},
        "after": {"phone": "+1 302 555 0177"},
    }
    change = house.last_changes(Utility.objects.get())["phone"]
    assert change.by == admin.email
    text = client.get(PAGE).content.decode()
    assert admin.email in text and "+1 302 555 0177" in text and "Not since the start" in text


def test_what_is_so_already_is_not_written_down(client, admin):
    page = client.post(
        reverse("settings_change", args=["phone"]), {"value": "+1 302 555 0100"}, follow=True
    )

    assert "It was so already" in page.content.decode()
    assert not AuditEvent.objects.filter(action="utility.change").exists()
    with pytest.raises(NothingChanged):
        change_setting("phone", "+1 302 555 0100", actor=admin, has_bills=False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("email", "nobody"),
        ("phone", "call me"),
        ("payment_term_days", "0"),
        ("payment_term_days", "-3"),
        ("payment_term_days", "121"),
        ("country", "XX"),
        ("zone_name", "Mars/Olympus"),
        ("currency", "DOLLARS"),
        ("brand_colour", "blue"),
        ("brand_colour", "#12345"),
        ("brand_colour", "#ffff00"),
        ("brand_colour", "red;}"),
        ("tax_number", "4111 1111 1111 1111"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(client, admin, field, value):
    before = held(field)

    response = form(client, field, value)

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert held(field) == before


@pytest.mark.parametrize("field", ["name", "legal_name", "tax_number"])
def test_a_name_stays_on_its_line(client, admin, field):
    form(client, field, "River\r\nBcc: everybody@example.org\x0b")

    assert held(field) == "River Bcc: everybody@example.org"


@pytest.mark.parametrize("field", ["pk", "id", "history", "no_such", "advanced-more"])
def test_nothing_else_can_be_changed(client, admin, field):
    assert form(client, field, "2").status_code == 404
    with pytest.raises(Fixed):
        change_setting(field, "2", actor=admin, has_bills=False)


@pytest.mark.parametrize("setting", house.SETTINGS, ids=lambda setting: setting.field)
def test_every_setting_has_its_form(client, admin, setting):
    page = client.get(reverse("settings_change", args=[setting.field]))

    assert page.status_code == 200
    assert 'name="value"' in page.content.decode()


def test_the_zone_stays_once_bills_exist_and_the_currency_once_accounts_do(client, admin):
    assert form(client, "zone_name", "Europe/Berlin").status_code == 302
    assert form(client, "currency", "EUR").status_code == 302
    assert (held("zone_name"), held("currency")) == ("Europe/Berlin", "EUR")

    make_utility()
    make_account()
    page = client.post(
        reverse("settings_change", args=["currency"]), {"value": "EUR"}, follow=True
    ).content.decode()

    assert held("currency") == "USD" and "Accounts are kept in this currency" in page
    make_world()
    make_bill(FLAT)
    zone = held("zone_name")
    assert form(client, "zone_name", "Europe/Paris").status_code == 302
    assert held("zone_name") == zone
    with pytest.raises(Fixed):
        change_setting("zone_name", "Europe/Paris", actor=admin, has_bills=True)
    text = client.get(PAGE).content.decode()
    assert "Bills were issued in this zone" in text and "Next: B-2026-000002" in text
    assert 'settings/zone_name/"' not in text


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [
        ("administrator", True, True),
        ("auditor", True, False),
        ("billing_manager", True, False),
        ("finance", False, False),
        ("support", False, False),
        ("cashier", False, False),
    ],
)
def test_roles(client, role, sees, changes):
    client.force_login(make_staff(role))

    for address in (PAGE, ADVANCED):
        assert (client.get(address).status_code == 200) is sees
    assert (client.get(reverse("settings_change", args=["phone"])).status_code == 200) is changes
    form(client, "name", "Taken over")
    assert (held("name") == "Taken over") is changes
    if sees:
        assert ("Change<span" in client.get(PAGE).content.decode()) is changes


def test_customers_and_strangers_see_nothing(client):
    assert client.get(PAGE).status_code == 302
    client.force_login(make_user())

    assert client.get(PAGE).status_code == client.get(ADVANCED).status_code == 403
    assert form(client, "name", "Mine").status_code == 403


def test_changing_asks_who_one_is_once_more(client, admin):
    let_it_be_long_ago(client)

    for response in (form(client, "name", "Later"), client.get(ADVANCED)):
        assert response.status_code == 302 and "/security/" in response["Location"]
    assert client.get(PAGE).status_code == 200
    assert held("name") == "Riverside Utilities"


def test_the_search_finds_settings_by_word_effect_and_name(client, admin):
    colour = client.get(PAGE, {"q": "buttons"}).content.decode()
    idle = client.get(ADVANCED, {"q": "staff_idle"}).content.decode()
    nothing = client.get(PAGE, {"q": "zxqv"}).content.decode()

    assert "Brand colour" in colour and "Tax number" not in colour
    assert "STAFF_IDLE_MINUTES" in idle and "STEP_UP_MINUTES" not in idle
    assert "No setting here has these words" in nothing


def env_example():
    """Return what `.env.example` says a setting is when nothing is said."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#([A-Z_]+)=(.*?)(?:[ \t]+#.*)?$", text, re.MULTILINE))


def as_told(default):
    if isinstance(default, bool):
        return {"on", "true"} if default else {"off", "false"}
    return {",".join(default) if isinstance(default, list) else str(default)}


@pytest.mark.parametrize(
    "known", [k for _group, each in advanced.KNOWN for k in each], ids=lambda known: known.name
)
def test_a_default_is_the_one_that_counts(known):
    if known.name != "LANGUAGES":  # told by their names, without a default
        assert env_example()[known.name] in as_told(known.default)


def test_no_page_shows_a_secret(client, admin):
    secrets = {
        "SECRET_KEY": "very-secret-key-" + "s" * 40,
        "STRIPE_SECRET_KEY": "sk_test_hidden",
        "EMAIL_HOST_PASSWORD": "mail-password",
    }
    with override_settings(**{**secrets, "SECRET_KEY": django_settings.SECRET_KEY}):
        text = client.get(ADVANCED).content.decode() + client.get(PAGE).content.decode()

    assert "Connected" in text
    assert [word for word in ("sk_test", "mail-password") if word in text] == []
    assert django_settings.SECRET_KEY not in text


def test_contrast_is_that_of_the_standard():
    assert brand.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert brand.contrast("#ffffff", "#ffffff") == 1
    assert brand.contrast("#0b5cad", "#ffffff") == pytest.approx(6.7, abs=0.05)
    assert brand.contrast("#7ab8ff", "#0b1a2b") == pytest.approx(8.5, abs=0.05)


@pytest.mark.parametrize(
    "colour",
    ["#0b5cad", "#ffff00", "#ff0000", "#00ff00", "#808080", "#ffffff", "#000000", "#8a2be2"],
)
def test_every_colour_has_a_readable_shade_for_light_and_dark(colour):
    light, dark = brand.nearest(colour), brand.for_dark_pages(colour)

    assert brand.is_readable(light)
    assert (light == colour) is brand.is_readable(colour)
    assert min(brand.contrast(dark, other) for other in (*brand.DARK_PAPERS, brand.DARK_INK)) >= 4.5


def test_the_colours_beside_it_are_those_of_our_style_sheet():
    css = (ROOT / "static/css/ui.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([\w-]+): light-dark\(([^)]*)\)", css))

    def both(name):
        short = [value.strip() for value in tokens[name].split(",")]
        return tuple("#ffffff" if value == "#fff" else value for value in short)

    assert (both("paper"), both("surface")) == tuple(
        zip(brand.LIGHT_PAPERS, brand.DARK_PAPERS, strict=True)
    )
    assert both("on-primary") == (brand.LIGHT_INK, brand.DARK_INK)


def test_a_colour_that_cannot_be_read_offers_the_nearest_that_can(client, admin):
    page = form(client, "brand_colour", "#ff9900")

    offered = brand.nearest("#ff9900")
    text = page.content.decode()
    assert page.status_code == 422 and f"Take {offered} instead" in text
    assert f'name="value" value="{offered}"' in text
    assert form(client, "brand_colour", offered).status_code == 302
    assert held("brand_colour") == offered


def test_the_style_sheet_carries_the_colour_and_every_page_its_address(client, admin):
    assert client.get("/brand.css").status_code == 404
    assert "brand.css" not in client.get(PAGE).content.decode()

    form(client, "brand_colour", "8A2BE2")
    sheet = client.get("/brand.css?v=8a2be2")

    assert held("brand_colour") == "#8a2be2"
    assert sheet["Content-Type"] == "text/css"
    assert sheet["Cache-Control"] == "public, max-age=31536000"
    assert "--primary: light-dark(#8a2be2, #" in sheet.content.decode()
    assert client.get("/brand.css?v=old")["Cache-Control"] == "public, max-age=60"
    client.logout()
    assert '/brand.css?v=8a2be2"' in client.get("/accessibility/").content.decode()
    form(client, "brand_colour", "")


def test_the_pages_ask_a_fixed_number_of_times(client, admin, django_assert_max_num_queries):
    for n in range(3):
        change_setting("phone", f"+1 302 555 010{n + 1}", actor=admin, has_bills=False)
    client.get(PAGE)

    with django_assert_max_num_queries(14):
        client.get(PAGE)
