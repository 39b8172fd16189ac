"""The payments desk: what waits, the list with its sums and spreadsheet, one payment, attempts."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from payments.desk.paging import key_page
from payments.models import PaymentAttempt
from payments.operations import receive, record_counter_payment, refunds, reverse_counter_payment
from statements.documents import PdfUnavailable
from tests.payments.desk import NOON, SEEING, answers, only, queries_of, set_clock
from tests.payments.paying import NOW, begin, open_page
from tests.payments.returning import ask, found_money, paid
from tests.statements.factories import FLAT, make_bill, make_staff, make_world

pytestmark = pytest.mark.django_db
LIST = "/desk/payments/"
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    make_world()
    set_clock(settings, tmp_path)


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


def pay_cash(statement, amount_minor=1000, reference="R-1", received_on=TODAY):
    return record_counter_payment(
        statement.account,
        amount_minor=amount_minor,
        reference=reference,
        received_on=received_on,
        actor=None,
    )


def shown(client, **query):
    """Return the receipt numbers that the list shows."""
    page = client.get(LIST, query)
    return [row.payment.reference for row in page.context["rows"]]


def test_who_sees_the_desk(client, statement, provider):
    payment = paid(statement, provider)
    pages = [
        reverse("payments:desk"),
        LIST,
        reverse("payments:desk_payments_sheet"),
        reverse("payments:desk_payment", args=[payment.reference]),
        reverse("payments:attempts"),
        reverse("payments:attempt", args=[payment.attempt.reference]),
    ]

    assert [answers(client, page) for page in pages] == [only(*SEEING)] * len(pages)


def test_what_does_not_exist_is_not_found(client):
    client.force_login(make_staff("finance"))

    assert client.get("/desk/payments/R-77/").status_code == 404
    assert client.get("/desk/attempts/R-77/").status_code == 404
    assert client.post(LIST).status_code == 405


def test_the_desk_counts_what_waits_and_leads_there(client, statement, provider):
    payment = paid(statement, provider)
    ask(payment, make_staff("cashier"), 1000)
    found_money(provider)
    PaymentAttempt.objects.filter(pk=begin(make_bill(FLAT)).pk).update(state="unknown")
    client.force_login(make_staff("finance"))

    page = client.get(reverse("payments:desk"))

    waiting = {row.address: row.count for row in page.context["waiting"]}
    assert waiting == {
        "/desk/refunds/": 1,
        "/desk/cases/": 1,
        "/desk/suspense/": 1,
        "/desk/attempts/": 1,
        "/desk/events/?state=dead": 0,
    }
    assert [client.get(address).status_code for address in waiting] == [200] * 5
    assert [len(client.get(address).context["rows"]) for address in waiting] == [1, 1, 1, 1, 0]


@pytest.mark.parametrize("role", ["cashier", "auditor"])
def test_who_does_not_see_events_is_not_led_to_them(client, role):
    client.force_login(make_staff(role))

    assert "/desk/events/" not in client.get(reverse("payments:desk")).text


def test_the_list_shows_initials_and_what_became_of_each(client, statement, provider):
    mistake = pay_cash(statement)
    reverse_counter_payment(mistake, reason="Wrong", reversed_on=TODAY, actor=None)
    pay_cash(statement, 12, "R-2")
    online = paid(make_bill(FLAT), provider)
    refunded = paid(make_bill(FLAT), provider)
    ask(refunded, make_staff("cashier"), 1000)
    client.force_login(make_staff("auditor"))

    page = client.get(LIST)

    assert [(row.payment.reference, row.state) for row in page.context["rows"]] == [
        (refunded.reference, "Refund under way"),
        (online.reference, "Received"),
        ("R-2", "Received"),
        ("R-1", "Reversed"),
    ]
    assert "A. L." in page.text and "Lovelace" not in page.text


def test_sums_of_the_day_are_by_method_and_currency(client, statement, provider):
    pay_cash(statement, 1000, "R-1")
    reverse_counter_payment(
        pay_cash(statement, 500, "R-2"), reason="Wrong", reversed_on=TODAY, actor=None
    )
    pay_cash(statement, 7777, "R-3", received_on=TODAY - timedelta(days=1))
    paid(make_bill(FLAT), provider)
    pay_cash(make_bill(FLAT), 900, "R-4")
    client.force_login(make_staff("finance"))

    today = client.get(LIST).context["totals"]
    both_days = client.get(LIST, {"since": "2026-11-09", "until": "2026-11-10"}).context["totals"]

    assert [(t.method, t.currency, t.count, t.amount_minor, t.reversed_minor) for t in today] == [
        ("Card", "USD", 1, 5812, 0),
        ("Cash", "USD", 3, 2400, 500),
    ]
    assert [t.amount_minor for t in both_days] == [5812, 2400 + 7777]


def test_the_filter_narrows_by_every_field(client, statement, provider):
    cash = pay_cash(statement, 100, "R-1", received_on=TODAY - timedelta(days=3))
    card = paid(make_bill(FLAT), provider)
    back = paid(make_bill(FLAT), provider)
    ask(back, make_staff("cashier"), 100)
    client.force_login(make_staff("finance"))

    assert shown(client, method="cash") == ["R-1"]
    assert shown(client, state="received") == [card.reference, "R-1"]
    assert shown(client, state="refunded") == [back.reference]
    assert shown(client, state="charged_back") == []
    assert shown(client, since="2026-11-08") == [back.reference, card.reference]
    assert shown(client, until="2026-11-07") == ["R-1"]
    assert shown(client, account=f" {cash.account.number} ") == ["R-1"]
    assert shown(client, reference="r-") == ["R-1"]
    assert shown(client, reference=card.intent_id) == [card.reference]
    assert shown(client, reference="' OR 1=1 --") == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"since": "soon"}, "Enter a valid date."),
        ({"since": "2026-11-10", "until": "2026-11-09"}, "The last day lies before the first."),
        ({"method": "barter"}, "Select a valid choice."),
        ({"reference": "a\0b"}, "Null characters are not allowed."),
        ({"before": "0"}, "Nothing is shown until the filter is right."),
        ({"before": "9" * 30}, "Nothing is shown until the filter is right."),
    ],
)
def test_a_wrong_filter_is_answered_at_its_field(client, statement, query, said):
    pay_cash(statement)
    client.force_login(make_staff("finance"))

    page = client.get(LIST, query)

    assert page.status_code == 422
    assert said in page.text
    assert page.context["rows"] == []
    assert client.get(reverse("payments:desk_payments_sheet"), query).status_code == 422


def test_pages_follow_the_key_and_keep_the_filter(client, statement, monkeypatch):
    monkeypatch.setitem(key_page.__kwdefaults__, "size", 2)
    for number in range(5):
        pay_cash(statement, 100 + number, f"R-{number}")
    client.force_login(make_staff("finance"))

    first = client.get(LIST, {"method": "cash"})
    older = first.context["page"].older
    assert f"?method=cash&amp;before={older}" in first.text
    pay_cash(statement, 999, "R-9")  # meanwhile: the next page does not move

    assert shown(client, method="cash", before=older) == ["R-2", "R-1"]


def test_the_list_takes_as_many_queries_for_many_rows(client, statement, provider):
    pay_cash(statement, 100, "R-1")
    client.force_login(make_staff("finance"))
    one = queries_of(client, LIST)
    for number in range(2, 5):
        pay_cash(make_bill(FLAT), 100, f"R-{number}")
        ask(paid(make_bill(FLAT), provider), make_staff("cashier"), 100)

    assert queries_of(client, LIST) == one


def test_the_spreadsheet_holds_the_chosen_payments_and_no_formula(client, statement):
    customer = statement.account.customer
    customer.name = "=HYPERLINK Evil"
    customer.save()
    pay_cash(statement, 123456, "R-1")
    pay_cash(statement, 5, "S-1")
    client.force_login(make_staff("finance"))

    answer = client.get(reverse("payments:desk_payments_sheet"), {"reference": "R"})
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    assert answer["Content-Disposition"] == 'attachment; filename="payments.csv"'
    assert len(rows) == 2
    assert rows[1] == [
        "2026-11-10",
        "R-1",
        statement.account.number,
        "'=. E.",
        "Cash",
        "1234.56",
        "USD",
        "Received",
        "system",
    ]


def test_one_payment_tells_what_it_paid_and_its_entries(client, statement, provider):
    payment = paid(statement, provider, 5812)
    asker, decider = make_staff("cashier"), make_staff("finance")
    refund = ask(payment, asker, 3000)
    refunds.approve(refund, decided_by=decider, now=NOW)
    client.force_login(decider)

    page = client.get(reverse("payments:desk_payment", args=[payment.reference]))

    view = page.context["view"]
    assert view.state == "Refund under way"
    assert [(item.words, item.amount_minor) for item in view.paid.items] == [
        (f"Bill {statement.number}", 2812),
        ("Given back by a refund", 3000),
    ]
    keys = [entry.source_key for entry in view.entries]
    assert keys[0] == f"pi:{payment.intent_id}:ok" and keys[-1] == f"rf:{refund.pk}:req"
    assert any(key.endswith(":fee") for key in keys)
    assert [step.state for step in view.steps][-1] == "Paid"
    assert reverse("payments:refund_request", args=[payment.reference]) in page.text


def test_surplus_is_told_as_credit_and_a_counter_payment_offers_its_reversal(client, statement):
    payment = pay_cash(statement, 6000)
    client.force_login(make_staff("cashier"))

    page = client.get(reverse("payments:desk_payment", args=["R-1"]))

    paid_ = page.context["view"].paid
    assert ([item.amount_minor for item in paid_.items], paid_.unused_minor) == ([5812], 188)
    assert reverse("payments:reverse", args=["R-1"]) in page.text
    assert "/refund/" not in page.text
    reverse_counter_payment(payment, reason="Wrong", reversed_on=TODAY, actor=None)
    page = client.get(reverse("payments:desk_payment", args=["R-1"]))
    paid_ = page.context["view"].paid
    assert [(item.words, item.amount_minor) for item in paid_.items] == [("Reversed", 6000)]
    assert reverse("payments:reverse", args=["R-1"]) not in page.text


def test_an_auditor_gets_no_buttons(client, statement, provider):
    payment = paid(statement, provider)
    client.force_login(make_staff("auditor"))

    page = client.get(reverse("payments:desk_payment", args=[payment.reference]))

    assert reverse("payments:refund_request", args=[payment.reference]) not in page.text


def test_a_payment_takes_as_many_queries_with_many_refunds(client, statement, provider):
    payment = paid(statement, provider)
    asker, decider = make_staff("cashier"), make_staff("finance")
    url = reverse("payments:desk_payment", args=[payment.reference])
    client.force_login(decider)
    ask_and_approve = [ask(payment, asker, 100) for _ in range(4)]
    refunds.approve(ask_and_approve[0], decided_by=decider, now=NOW)
    one = queries_of(client, url)
    for refund in ask_and_approve[1:]:
        refunds.approve(refund, decided_by=decider, now=NOW)

    assert queries_of(client, url) == one


def test_attempts_without_a_result_have_their_own_page(client, statement, provider):
    lost = open_page(statement)
    PaymentAttempt.objects.filter(pk=lost.pk).update(state="unknown")
    fresh = begin(make_bill(FLAT))
    old = begin(make_bill(FLAT))
    long_ago = clock.real_now() - timedelta(minutes=6)
    PaymentAttempt.objects.filter(pk=old.pk).update(state="submitting", changed_at=long_ago)
    client.force_login(make_staff("cashier"))

    page = client.get(reverse("payments:attempts"))

    assert [row.attempt.reference for row in page.context["rows"]] == [
        old.reference,
        lost.reference,
    ]
    assert fresh.reference not in page.text
    assert client.get(reverse("payments:attempt", args=[lost.reference])).status_code == 200


def test_the_desk_finds_what_became_of_a_callers_attempts(client, statement, provider):
    """A failed attempt is no payment; who takes the call finds it all the same."""
    failed, other = begin(statement), begin(make_bill(FLAT))
    PaymentAttempt.objects.filter(pk=failed.pk).update(state="failed")
    client.force_login(make_staff("cashier"))

    def shown(**wanted):
        page = client.get(reverse("payments:attempts"), wanted)
        return [row.attempt.reference for row in page.context["rows"]]

    assert shown() == []
    assert shown(account=statement.account.number) == [failed.reference]
    assert shown(reference=other.reference.lower()) == [other.reference]
    assert shown(account=statement.account.number, reference=other.reference) == []


def test_attempts_take_as_many_queries_for_many_rows(client, statement, provider):
    begin(statement)
    PaymentAttempt.objects.update(state="unknown")
    client.force_login(make_staff("finance"))
    one = queries_of(client, reverse("payments:attempts"))
    for _ in range(3):
        begin(make_bill(FLAT))
    PaymentAttempt.objects.update(state="unknown")

    assert queries_of(client, reverse("payments:attempts")) == one


def test_an_attempt_leads_to_its_payment(client, statement, provider):
    attempt = open_page(statement)
    receive.apply_intent(provider.pay(attempt.session_id), now=NOW, cause="evt_1")
    client.force_login(make_staff("finance"))

    page = client.get(reverse("payments:attempt", args=[attempt.reference]))

    assert "It became payment" in page.text
    assert "evt_1" in page.text


def test_a_receipt_is_handed_over_as_a_pdf(client, statement, provider, monkeypatch):
    payment = paid(statement, provider)
    url = reverse("payments:desk_receipt_pdf", args=[payment.reference])
    monkeypatch.setattr("statements.documents.to_pdf", lambda html: html.encode())
    assert answers(client, url) == only("cashier", "finance", "auditor")

    client.force_login(make_staff("auditor"))
    answer = client.get(url)

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert payment.reference in answer.text and statement.number in answer.text


def test_a_server_that_makes_no_pdf_says_so(client, statement, provider, monkeypatch):
    def unavailable(html):
        raise PdfUnavailable

    monkeypatch.setattr("statements.documents.to_pdf", unavailable)
    payment = paid(statement, provider)
    client.force_login(make_staff("cashier"))

    answer = client.get(reverse("payments:desk_receipt_pdf", args=[payment.reference]))

    assert answer.status_code == 503
    assert "No PDF at the moment" in answer.text


def test_the_receipt_of_the_counter_says_what_it_paid(client, statement):
    pay_cash(statement, 6000)
    client.force_login(make_staff("cashier"))

    page = client.get(reverse("payments:receipt", args=["R-1"]))

    assert statement.number in page.text
    assert "$58.12" in page.text and "$1.88" in page.text
    assert reverse("payments:desk_receipt_pdf", args=["R-1"]) in page.text
