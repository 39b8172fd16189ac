"""A start complains about keys of the wrong mode, and never says a key."""

from __future__ import annotations

import pytest

from billing_site import payment_checks as checks

SECRET = "whsec_" + "0" * 32


@pytest.fixture(autouse=True)
def nobody_pays_online(settings):
    settings.PRODUCTION = False
    settings.STRIPE_SECRET_KEY = ""
    settings.STRIPE_WEBHOOK_SECRETS = []
    settings.STRIPE_API_BASE = "https://api.stripe.com"
    settings.SITE_URL = "http://localhost:8000"
    return settings


def found():
    messages = [
        *checks.payment_key(),
        *checks.payment_webhooks(),
        *checks.payment_addresses(),
    ]
    return [message.id.removeprefix("billing_site.") for message in messages]


def in_production(settings, **changes):
    settings.PRODUCTION = True
    settings.STRIPE_SECRET_KEY = "sk_live_" + "a" * 24
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.SITE_URL = "https://bills.example.org"
    for name, value in changes.items():
        setattr(settings, name, value)


def test_who_pays_in_other_ways_only_needs_no_key(settings):
    assert found() == []
    settings.PRODUCTION = True
    assert found() == []


@pytest.mark.parametrize("kind", ["sk", "rk"])
def test_a_live_key_in_production_is_right(settings, kind):
    in_production(settings, STRIPE_SECRET_KEY=f"{kind}_live_abc")

    assert found() == []


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"STRIPE_SECRET_KEY": "pk_live_abc"}, "E007"),
        ({"STRIPE_SECRET_KEY": "sk_test_abc"}, "E008"),
        ({"STRIPE_SECRET_KEY": "rk_test_abc"}, "E008"),
        ({"STRIPE_WEBHOOK_SECRETS": ["sk_live_abcdefghijklmnop"]}, "E010"),
        ({"STRIPE_WEBHOOK_SECRETS": [SECRET, ""]}, "E010"),
        ({"STRIPE_WEBHOOK_SECRETS": ["whsec_short"]}, "E010"),
        ({"STRIPE_WEBHOOK_SECRETS": []}, "E011"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:9000"}, "E012"),
        ({"STRIPE_API_BASE": "https://api.stripe.com.example.org"}, "E012"),
        ({"SITE_URL": "http://bills.example.org"}, "E013"),
        ({"STRIPE_CHECKOUT_ORIGIN": "checkout.stripe.com"}, "E014"),
        ({"STRIPE_CHECKOUT_ORIGIN": "https://pay.example.org/c/pay"}, "E014"),
    ],
)
def test_production_starts_with_nothing_else(settings, changes, code):
    in_production(settings, **changes)

    assert found() == [code]


def test_a_live_key_stays_out_of_development(settings):
    settings.STRIPE_SECRET_KEY = "sk_live_abc"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]

    assert found() == ["E009"]


def test_a_test_key_may_speak_to_a_sandbox(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_abc"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, SECRET]
    settings.STRIPE_API_BASE = "http://127.0.0.1:9000"

    assert found() == []


def test_development_is_warned_when_no_webhook_can_be_believed(settings):
    settings.STRIPE_SECRET_KEY = "sk_test_abc"

    assert found() == ["W003"]


def test_no_message_holds_a_key(settings):
    in_production(
        settings,
        STRIPE_SECRET_KEY="canary-key",
        STRIPE_WEBHOOK_SECRETS=["canary-secret"],
        STRIPE_API_BASE="https://canary-address.example.org",
    )

    said = str([*checks.payment_key(), *checks.payment_webhooks(), *checks.payment_addresses()])
    assert "canary" not in said


def test_the_librarys_own_printing_is_refused(monkeypatch):
    assert checks.payment_logging() == []
    monkeypatch.setenv("STRIPE_LOG", "debug")

    assert [message.id for message in checks.payment_logging()] == ["billing_site.E015"]
