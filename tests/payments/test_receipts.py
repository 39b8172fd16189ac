"""What was paid: the list with its filters and pages, the file for spreadsheets, the receipt."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from payments import receipts
from payments.customer import rows
from payments.models import Payment
from payments.operations import (
    chargebacks,
    receive,
    record_counter_payment,
    refunds,
    reverse_counter_payment,
    suspense,
)
from statements.documents import PdfUnavailable
from tests.payments.paying import NOW, open_page
from tests.payments.returning import ask, found_money, paid
from tests.statements.factories import FLAT, ZONE, make_bill, make_staff, make_world
from tests.statements.test_pages import holder_of, words

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 20, 15, tzinfo=UTC))
    make_world()


@pytest.fixture
def statement():
    return make_bill(FLAT)  # 58.12


def cash(statement, amount_minor=1000, reference="R-1", on=DAY):
    return record_counter_payment(
        statement.account,
        amount_minor=amount_minor,
        reference=reference,
        received_on=on,
        actor=None,
    )


def listed(client, statement, **query):
    client.force_login(holder_of(statement))
    answer = client.get(reverse("payments:list", args=[statement.account.number]), query)
    assert answer.status_code == 200
    return re.sub(r" (?=[.,;])", "", words(answer.content.decode()))


def receipt_of(client, payment):
    client.force_login(holder_of(payment.account))
    answer = client.get(reverse("payments:payment", args=[payment.reference]))
    return words(answer.content.decode())


def failing_debit(statement, provider, amount_minor=2000):
    attempt = open_page(statement, amount_minor, method="bank_debit")
    intent = provider.process(attempt.session_id)
    receive.apply_intent(intent, now=NOW, cause="test")
    receive.apply_intent(provider.fail(intent), now=NOW, cause="test")
    attempt.refresh_from_db()
    return attempt


def processing_debit(statement, provider, amount_minor=1500):
    attempt = open_page(statement, amount_minor, method="bank_debit")
    receive.apply_intent(provider.process(attempt.session_id), now=NOW, cause="test")
    attempt.refresh_from_db()
    return attempt


# --- the list


def test_the_list_tells_what_came_what_it_paid_and_what_is_on_its_way(client, statement, provider):
    first = cash(statement)
    second = paid(statement, provider, 2000)
    failed = failing_debit(statement, provider)
    waiting = processing_debit(statement, provider)

    said = listed(client, statement)

    number = statement.number
    told = [
        f"November 10, 2026 {waiting.reference} $15.00 Bank debit ◷ On its way Bill {number} –",
        f"November 10, 2026 {failed.reference} $20.00 Bank debit ■ Failed "
        "There was not enough money on the account. Please try again or pay another way. – –",
        f"November 10, 2026 {second.reference} $20.00 Visa 4242 ● Paid Bill {number} PDF",
        f"November 10, 2026 {first.reference} $10.00 Cash ● Paid Bill {number} PDF",
    ]
    positions = [said.index(line) for line in told]
    assert positions == sorted(positions)
    assert "Balance You owe $28.12 On its way $15.00 Pay $13.12" in said


def test_what_went_back_is_tagged(client, statement, provider):
    wrong = cash(statement, 100, "R-9")
    reverse_counter_payment(wrong, reason="Somebody else", reversed_on=DAY, actor=None)
    refunded = paid(statement, provider)
    refund(refunded, provider, 1000)
    returned = paid(statement, provider, 2000)
    take_back(returned, provider)

    said = listed(client, statement)
    back = listed(client, statement, status="back")
    stands = listed(client, statement, status="paid")

    assert f"{wrong.reference} $1.00 Cash ■ Taken back" in said
    assert f"{refunded.reference} $58.12 Visa 4242 ● Partly refunded $10.00" in said
    assert f"{returned.reference} $20.00 Visa 4242 ▲ Returned by your bank" in said
    assert all(one.reference in back for one in (wrong, refunded, returned))
    assert "There is nothing of this kind." in stands
    assert "Somebody else" not in said


def refund(payment, provider, amount_minor, status="succeeded"):
    asked = ask(payment, make_staff("cashier"), amount_minor)
    refunds.approve(asked, decided_by=make_staff("finance"), now=NOW)
    sent = refunds.submit_refund(asked, now=NOW)
    view = provider.settle_refund(sent.provider_id, status)
    refunds.apply_refund(view, now=NOW, cause="test")


def take_back(payment, provider):
    dispute = provider.open_dispute(payment.intent_id)
    chargebacks.apply_dispute(dispute, now=NOW, cause="test")
    chargebacks.apply_dispute(provider.close_dispute(dispute.id, "lost"), now=NOW, cause="test")


def test_a_refund_that_staff_only_think_about_is_not_told(client, statement, provider):
    payment = paid(statement, provider)
    ask(payment, make_staff("cashier"))

    assert f"{payment.reference} $58.12 Visa 4242 ● Paid" in listed(client, statement)
    assert "What went back" not in receipt_of(client, payment)


def test_the_filter_keeps_one_kind(client, statement, provider):
    one = cash(statement)
    waiting = processing_debit(statement, provider)

    assert one.reference not in listed(client, statement, status="waiting")
    assert waiting.reference in listed(client, statement, status="waiting")
    assert waiting.reference not in listed(client, statement, status="paid")
    assert one.reference in listed(client, statement, status="nonsense")
    for nonsense in ("1", "x.y.z", "2026-11-10.7.1", "2026-11-10.0.99999999999999999999"):
        assert one.reference in listed(client, statement, before=nonsense)


def test_a_year_keeps_its_own_and_says_how_much_came_in(client, statement, provider):
    old = cash(statement, 300, "R-OLD", on=date(2025, 12, 31))
    new = cash(statement, 500, "R-NEW", on=date(2026, 1, 1))
    wrong = cash(statement, 900, "R-WRONG", on=date(2026, 2, 1))
    reverse_counter_payment(wrong, reason="Typo", reversed_on=DAY, actor=None)

    whole, year = listed(client, statement), listed(client, statement, year="2026")
    failed = listed(client, statement, year="2025", status="failed")

    assert "2 payments have come in: $8.00 together." in whole
    assert "1 payment has come in: $5.00." in year
    assert new.reference in year and old.reference not in year
    assert "There is nothing of this kind." in failed and "come in" not in failed
    assert old.reference in listed(client, statement, year="1999")  # nonsense asks for all


def test_the_filter_answers_with_the_list_alone_to_htmx(client, statement):
    one = cash(statement)
    client.force_login(holder_of(statement))
    url = reverse("payments:list", args=[statement.account.number])

    part = client.get(url, {"year": "2026"}, headers={"HX-Request": "true"})

    assert b"<html" not in part.content and one.reference.encode() in part.content
    assert part.headers["HX-Trigger"] == '{"say": "1 row found"}'


def test_pages_follow_each_other_without_gap_or_repeat(statement, provider):
    for number in range(1, 4):
        cash(statement, 100, f"R-{number}", date(2026, 11, 10 + number % 2))
    failing_debit(statement, provider, 500)
    failing_debit(statement, provider, 600)
    paid(statement, provider, 700)
    account = statement.account

    whole = [row.reference for row in rows.row_page(account, ZONE).rows]
    seen, before = [], None
    while True:
        page = rows.row_page(account, ZONE, before=before, size=2)
        seen += [row.reference for row in page.rows]
        if not page.older:
            break
        before = rows.place(page.older)

    assert seen == whole
    assert len(set(seen)) == 6


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    client, statement, provider, number, django_assert_max_num_queries
):
    for n in range(number):
        cash(statement, 100, f"R-{n}")
        paid(statement, provider, 200)
        failing_debit(statement, provider, 300)
    client.force_login(holder_of(statement))
    url = reverse("payments:list", args=[statement.account.number])
    client.get(url)

    with django_assert_max_num_queries(18):
        html = client.get(url).content.decode()

    assert html.count("<tr>") == 1 + 3 * number


def test_an_empty_list_says_so(client, statement):
    assert "No payment yet." in listed(client, statement)


def test_a_spreadsheet_computes_nothing_of_it(client, statement, provider, monkeypatch):
    monkeypatch.setattr(rows, "PAGE_SIZE", 1)
    payment = paid(statement, provider, 2000)
    attempt = open_page(statement, 1000)
    named = provider.succeed(provider.decline(attempt.session_id), instrument="=HYPERLINK(1)")
    receive.apply_intent(named, now=NOW, cause="test")
    client.force_login(holder_of(statement))

    answer = client.get(reverse("payments:sheet", args=[statement.account.number]))
    table = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table[0][:4] == ["Date", "Reference", "Amount", "Currency"]
    assert [
        "2026-11-10",
        payment.reference,
        "20.00",
        "USD",
        "Visa 4242",
        "Paid",
        f"Bill {statement.number}",
    ] in table
    assert any(row[4] == "'=HYPERLINK(1)" for row in table)
    assert len(table) == 3


# --- the receipt


def test_the_receipt_says_what_came_how_and_what_it_paid(client, statement, provider):
    payment = paid(statement, provider, 7000)

    said = receipt_of(client, payment)

    assert f"Receipt {payment.reference}" in said
    assert "Riverside Utilities Inc. 1 Weir Street Dover, DE 19901 Tax number 51-0000000" in said
    assert "Received November 10, 2026 Paid with Card, Visa 4242 Status Paid" in said
    assert f"Bill {statement.number} $58.12 Credit for your next bill $11.88" in said
    assert "Amount received $70.00 Help with this payment" in said


def test_a_payment_over_the_counter_has_the_same_receipt(client, statement):
    payment = cash(statement)

    said = receipt_of(client, payment)

    assert "Paid with Cash Status Paid" in said
    assert f"Bill {statement.number} $10.00 Amount received $10.00" in said
    assert "drawer" not in said  # it is the cashier's


def test_what_went_back_stands_on_the_receipt_and_adds_up(client, statement, provider):
    payment = paid(statement, provider)
    refund(payment, provider, 1000)
    refund(payment, provider, 500, "pending")

    said = receipt_of(client, payment)

    assert "Status Refund on its way: $15.00" in said
    assert f"Bill {statement.number} $43.12 Gone back $15.00 Amount received $58.12" in said
    assert "November 10, 2026 Refunded to you $10.00" in said
    assert "November 10, 2026 Refund on its way to you $5.00" in said


def test_a_payment_taken_back_says_so_on_its_receipt(client, statement):
    payment = cash(statement)
    reverse_counter_payment(payment, reason="Wrong", reversed_on=DAY, actor=None)

    said = receipt_of(client, payment)

    assert "This payment was taken back" in said
    assert "Taken back $10.00 Amount received $10.00" in said
    assert f"Bill {statement.number}" not in said


def test_money_that_was_nobodys_first_has_a_receipt_too(client, statement, provider):
    item = found_money(provider)
    payment = suspense.resolve(item, statement.account, actor=make_staff("finance"), now=NOW)

    said = receipt_of(client, payment)

    assert f"Bill {statement.number} $40.00 Amount received $40.00" in said
    assert f"{payment.reference} $40.00 Visa 4242 ● Paid" in listed(client, statement)


def test_the_pdf_holds_what_the_page_holds(client, statement, provider):
    payment = paid(statement, provider, 7000)
    client.force_login(holder_of(statement))

    answer = client.get(reverse("payments:receipt_pdf", args=[payment.reference]))
    reader = PdfReader(io.BytesIO(answer.content))
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    name = f"riverside-utilities_receipt_2026-11-10_{payment.reference.lower()}.pdf"
    assert name in answer.headers["Content-Disposition"]
    assert len(reader.pages) == 1
    for part in (payment.reference, "$70.00", "$58.12", "$11.88", "Visa 4242", statement.number):
        assert part in said
    assert reader.metadata.title == f"Receipt {payment.reference} – Riverside Utilities"


def test_the_pdf_is_the_same_each_time_and_speaks_the_readers_language(statement, provider):
    payment = paid(statement, provider)

    assert receipts.render(payment, "en") == receipts.render(payment, "en")
    with translation.override("es"):
        assert "58,12" in receipts.to_html(payment, "es")


def test_without_the_libraries_the_page_is_pointed_at(client, statement, monkeypatch):
    payment = cash(statement)
    client.force_login(holder_of(statement))

    def missing(*args):
        raise PdfUnavailable("no pango")

    monkeypatch.setattr("payments.receipts.render", missing)
    answer = client.get(reverse("payments:receipt_pdf", args=[payment.reference]))

    assert answer.status_code == 503
    assert reverse("payments:payment", args=[payment.reference]) in answer.content.decode()


def test_receipts_of_others_do_not_exist(client, statement, provider):
    payment = paid(statement, provider)
    url = reverse("payments:payment", args=[payment.reference])

    assert client.get(url).status_code == 302
    for user in (make_staff("finance"), holder_of(make_bill(FLAT))):
        client.force_login(user)
        assert client.get(url).status_code == 404
        assert client.get(url + "receipt.pdf").status_code == 404
    assert Payment.objects.count() == 1
