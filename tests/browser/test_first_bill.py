"""What a customer does first, in a real browser: sign up, claim, read the bill, keep the PDF."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from accounts import operations
from core import clock
from statements.models import Statement
from tests.statements import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery staple"


@pytest.fixture
def bill(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    make.make_world()
    return make.make_bill(make.TIME)


@pytest.fixture
def complaints(page):
    """Collect what a page asks of other hosts, and what the console complains of."""
    found = []
    page.on("console", lambda m: found.append(m.text) if m.type == "error" else None)
    page.on(
        "request",
        lambda r: (
            None if re.match(r"https?://(localhost|127\.0\.0\.1)", r.url) else found.append(r.url)
        ),
    )
    return found


def sign_up(page, base):
    page.goto(f"{base}/accounts/signup/")
    page.get_by_label("Full name").fill("Grace Hopper")
    page.get_by_label("E-mail").fill("grace@example.org")
    page.get_by_label("Mobile number").fill("+1 212 555 2368")
    page.get_by_label("Password", exact=True).first.fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    code = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)$", mail.outbox[-1].body, re.M)[1]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()


def test_a_customer_signs_up_claims_reads_and_keeps_the_bill(page, live_server, bill, complaints):
    code = operations.issue_claim_code(bill.account, clock.real_now())
    sign_up(page, live_server.url)

    page.goto(f"{live_server.url}/claim/")
    page.get_by_label("Account number").fill(bill.account.number)
    page.get_by_label("Claim code").fill(code)
    page.get_by_role("button", name="Claim account").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Bills").click()
    page.get_by_role("link", name=bill.number).first.click()

    text = page.get_by_role("main").inner_text()
    assert bill.number in text
    total = f"${bill.amount_due_minor / 100:,.2f}"
    assert total in text

    line = bill.lines.filter(kind="energy").order_by("seq")[0]
    page.goto(f"{live_server.url}/bills/{bill.number}/readings/{line.seq}/")
    assert page.get_by_role("table").count() >= 1

    page.goto(f"{live_server.url}/bills/{bill.number}/")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF-")
    assert bill.documents.get().sha256
    assert complaints == []


def test_somebody_elses_bill_is_not_found(page, live_server, bill):
    sign_up(page, live_server.url)

    answer = page.goto(f"{live_server.url}/bills/{bill.number}/")

    assert answer.status == 404
    assert Statement.objects.get().number not in page.title()
