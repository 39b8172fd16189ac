"""No secret and no card number turns up anywhere, whatever breaks: the canaries stay alive."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.core import mail
from django.core.management import call_command
from django.http import HttpRequest
from django.urls import NoReverseMatch, path, reverse

from accounts.models import AuditEvent, Customer
from accounts.operations import audit
from billing_site import schedule
from billing_site.urls import urlpatterns as site
from core import clock
from core.jobs import worker_name
from core.models import JobRun
from notifications.tasks import deliver_pending
from payments.models import PaymentAttempt, ProviderEvent
from payments.operations import inbox
from payments.operations.submit import submit
from tests.house import canary
from tests.payments import webhooks
from tests.payments.late import charge, day, make_policy
from tests.payments.paying import begin
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
CARD = canary.CARD


def broken(request: HttpRequest):
    """A page that breaks with everything it should keep to itself."""
    raise RuntimeError(f"{canary.LEAK} {canary.SECRETS}")


urlpatterns = [path("broken/", broken), *site]


def broken_job():
    raise RuntimeError(f"{canary.LEAK} {canary.SECRETS}")


@pytest.fixture
def house(settings, tmp_path):
    """The installation with canaries for secrets, and pages that may break."""
    for name, value in canary.SECRETS.items():
        setattr(settings, name, value)
    settings.ROOT_URLCONF = "tests.house.test_secrets"
    settings.DEBUG = False
    settings.ADMINS = [("Operator", "operator@example.com")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MEDIA_ROOT = tmp_path
    make_world()
    return settings


def pages_seen(client, addresses):
    client.raise_request_exception = False
    seen = {}
    for address in addresses:
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        seen[f"GET {address}"] = f"{body.decode()} {answer.headers}"
    return seen


def admin_addresses():
    for model, shown in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = shown.get_queryset(HttpRequest()).order_by("pk").last()
        if row is not None and not isinstance(row.pk, tuple):
            with suppress(NoReverseMatch):
                yield reverse(f"{name}_change", args=[row.pk])


DESK = [
    "desk",
    "desk_payments",
    "attempts",
    "refunds",
    "suspense",
    "cases",
    "late_fees",
    "events",
]


def start_checks():
    """Let every check speak, those of production and of a wrong setting too."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), suppress(Exception):
        call_command("check", "--deploy", "--database", "default", stdout=said, stderr=said)
    return said.getvalue()


def broken_command(monkeypatch):
    monkeypatch.setattr("payments.management.commands.charge_late_fees.utility", broken_job)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            call_command("charge_late_fees")
        except RuntimeError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    return said.getvalue()


def failing_payments(settings, statement):
    """Ask a provider that says everything back: a refusal, a breakdown, and an event's object."""
    with canary.parrot() as address:
        settings.STRIPE_API_BASE = address
        first = submit(begin(statement), now=datetime(2026, 11, 10, tzinfo=UTC))
        canary.Parrot.status = 500
        second = submit(begin(make_bill(FLAT)), now=datetime(2026, 11, 10, tzinfo=UTC))
        inbox.work(owner=worker_name(), now=clock.now())
        canary.Parrot.status = 400
    return first, second


def ring(client):
    """Send an event with a card number in it, as a text, grouped, as a number and as a name."""
    leaky = webhooks.body("payment_intent.succeeded", "payment_intent", "pi_1")
    leaky["data"]["object"] |= {
        "description": f"card {CARD}",
        "metadata": {"note": "4000 0566 5566 5556", CARD: "x"},
        "number": int(CARD),
    }
    secret = canary.SECRETS["STRIPE_WEBHOOK_SECRETS"][1]
    assert webhooks.send(client, leaky, secret=secret).status_code == 200
    return webhooks.send(client, leaky, secret="whsec_of_somebody_else").status_code


def typed_everywhere(client, statement):
    """Type the card number wherever a person may type something that is kept."""
    client.force_login(make_staff("cashier", "billing_manager", "finance", "administrator"))
    run = [statement.run_id, statement.pk]
    asked = {"number": statement.account.number, "amount": "1", "reference": CARD}
    tried = [
        client.post(reverse("payments:counter"), {**asked, "confirmed": "1"}),
        client.post(reverse("statements:cancel", args=run), {"reason": f"paid with {CARD}"}),
        client.post(reverse("payments:counter"), {**asked, "number": CARD, "reference": "R-1"}),
    ]
    customer = Customer.objects.get(accounts=statement.account)
    change = reverse("admin:accounts_customer_change", args=[customer.pk])
    tried.append(client.post(change, {"name": f"Ada {CARD}", "kind": "person", "language": "en"}))
    client.logout()
    signing_up = {"name": f"Ada {CARD}", "email": "ada@example.net", "password1": "a long one 12"}
    tried.append(client.post(reverse("account_signup"), signing_up))
    tried.append(client.post(reverse("account_login"), {"login": CARD, "password": CARD}))
    return [answer.status_code for answer in tried]


def test_no_secret_and_no_card_number_turns_up_anywhere(house, client, monkeypatch):
    statement = make_bill(FLAT)
    statement.account.customer.email = "ada@example.com"
    statement.account.customer.save()
    make_policy()
    seen = {}

    with canary.log_lines() as logs:
        assert ring(client) == 400
        first, second = failing_payments(house, statement)
        charge(day(6))
        audit("test.note", statement, actor=None, detail={"said": [canary.LEAK], "n": int(CARD)})
        slot = JobRun.objects.create(name="broken", scheduled_for=clock.now())
        entry = schedule.Entry("broken", f"{__name__}.broken_job", schedule.Every(60))
        schedule.run(slot.pk, [entry])
        answers = typed_everywhere(client, statement)
        deliver_pending()
        seen |= pages_seen(client, ["/broken/", "/healthz", "/readyz", "/metrics"])
        # an address that somebody typed leads that person back to it, but no log keeps it
        pages_seen(client, [f"/{CARD}/", f"/payments/{CARD}/", f"/bills/{CARD}/pay/"])
        owner = make_staff("finance", "administrator", "auditor", "billing_manager")
        client.force_login(owner)
        event = reverse("payments:event", args=[ProviderEvent.objects.get().uid])
        seen |= pages_seen(client, [reverse(f"payments:{name}") for name in DESK])
        seen |= pages_seen(client, [event, reverse("reports:health"), *admin_addresses()])
        seen["checks"] = start_checks()
        house.PRODUCTION = True
        seen["checks of production"] = start_checks()
        house.PRODUCTION = False
        seen["broken command"] = broken_command(monkeypatch)

    assert (first.state, second.state) == ("failed", "unknown")
    assert ProviderEvent.objects.get().error
    assert 200 not in answers[:2] and 302 not in answers[:4]
    assert "RuntimeError" in JobRun.objects.get(name="broken").error
    assert "****5556" in AuditEvent.objects.get(action="test.note").detail["said"][0]
    assert "RuntimeError: card ****5556" in seen["broken command"]
    assert any("late fee" in message.subject for message in mail.outbox)
    for name, lines in logs.items():
        seen[name] = lines.getvalue()
        assert "RuntimeError: card ****5556" in seen[name]
    seen |= {f"mail {m.subject}": f"{m.message()}" for m in mail.outbox}
    seen |= canary.whole_database()
    assert canary.found_in(seen) == []


@pytest.mark.parametrize("planted", canary.canaries())
def test_a_canary_in_any_table_is_found(planted):
    AuditEvent.objects.create(actor_name="system", action="test.note", detail={"a": [planted]})

    assert any(place.startswith("accounts_auditevent:") for place in hunted())


def test_a_canary_under_encryption_is_found():
    Customer.objects.create(name="Ada", phone=f"{CARD}")

    assert "accounts_customer, opened" in {place.split(":")[0] for place in hunted()}


def test_a_canary_in_an_attempt_would_be_found(house):
    attempt = begin(make_bill(FLAT))
    PaymentAttempt.objects.filter(pk=attempt.pk).update(error=f"card {CARD}")

    assert "payments_paymentattempt" in {place.split(":")[0] for place in hunted()}


def hunted():
    return canary.found_in(canary.whole_database())
