"""Each person is written to in their own language, whoever asks and in whatever language."""

from __future__ import annotations

import io

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from accounts.doors import mails
from notifications.models import Notice
from notifications.tasks import deliver_pending
from payments import receipts
from payments.operations import notify_overdue, record_counter_payment
from statements import documents
from statements.operations.cancel import cancel
from support.operations import help as sessions
from tests.accounts.factories import make_account, make_user, make_utility
from tests.payments.late import charge, day, make_policy
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    OCTOBER,
    bill,
    make_home,
    make_staff,
    make_world,
    read_steadily,
)
from tests.support.helping import NOON

NBSP = "\u00a0"
DUE = "26 de noviembre de 2026"


@pytest.fixture
def statement(db, settings, tmp_path):
    """The issued bill of a customer who reads Spanish."""
    settings.MEDIA_ROOT = tmp_path
    make_world()
    account = make_account(number="7700000001")
    customer = account.customer
    customer.language, customer.email = "es", "ada@example.com"
    customer.save()
    home = make_home(FLAT, account=account)
    read_steadily(home.channel, OCTOBER)
    return bill(home)


def newest(kind):
    return Notice.objects.get(kind=kind)


def told(kind):
    notice = newest(kind)
    assert notice.language == "es"
    return f"{notice.subject}\n{notice.body}"


def text_of(content):
    return " ".join(
        "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split()
    )


def test_a_new_bill(statement):
    said = told("statement.issued")

    assert "Su factura de octubre de 2026 está disponible" in said
    assert f"Pague 58,12{NBSP}US$ hasta el {DUE}." in said


@pytest.mark.django_db(transaction=True)
def test_the_mail_around_it(statement):
    with translation.override("en"):
        deliver_pending()

    [message] = [each for each in mail.outbox if "disponible" in each.subject]
    html = message.alternatives[0].content

    assert "También encontrará este mensaje en su buzón" in message.body
    assert 'lang="es" dir="ltr"' in html and "Abrirlo en su cuenta" in html
    assert message.extra_headers["Content-Language"] == "es"


def test_an_overdue_bill(statement):
    notify_overdue(today=day(1), now=IN_DECEMBER)

    said = told("statement.overdue")
    assert f"La factura {statement.number} está vencida" in said
    assert f"Quedan 58,12{NBSP}US$ pendientes; vencía el {DUE}." in said


def test_a_late_fee(statement):
    make_policy()
    charge(day(6))

    [notice] = Notice.objects.filter(kind__startswith="late_fee")
    assert notice.language == "es"
    assert f"Un recargo por mora de la factura {statement.number}" in notice.subject
    assert f"recargo por mora de 5,00{NBSP}US$" in notice.body


def test_a_cancelled_bill(statement):
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)

    assert f"La factura {statement.number} se ha anulado" in told("statement.cancelled")


def test_the_document_of_a_bill(statement):
    with translation.override("en"):
        documents.render_pending(5)
        said = text_of(documents.stored_pdf(statement, statement.language))

    reader = PdfReader(io.BytesIO(documents.stored_pdf(statement, "es")))
    assert reader.metadata.title.startswith(f"Factura {statement.number}")
    assert reader.trailer["/Root"]["/Lang"] == "es"
    for words in (
        "Importe a pagar",
        "Pague hasta el",
        DUE,
        "58,12 US$",
        "Cargos nuevos",
        "372 kWh",
    ):
        assert words in said
    for english in ("Amount due", "Please pay", "New charges", "November", "58.12"):
        assert english not in said


def test_a_receipt_that_staff_hand_over(statement):
    payment = record_counter_payment(
        statement.account,
        amount_minor=5812,
        reference="CASH-1",
        received_on=day(0),
        actor=make_staff("cashier"),
    )
    with translation.override("en"):
        said = receipts.to_html(payment, statement.account.customer.language)

    assert "Importe recibido" in said and "58,12" in said and 'lang="es"' in said


@pytest.mark.django_db
class TestSigningIn:
    @pytest.fixture(autouse=True)
    def utility(self):
        make_utility()

    def test_a_code_to_recover_the_login(self, client):
        user = make_user(language="es")

        client.post(
            reverse("account_reset_password"),
            {"email": user.email},
            headers={"accept-language": "en"},
        )

        assert mail.outbox[-1].subject == "Su código para elegir una contraseña nueva"
        assert "Escríbalo antes de 15 minutos" in mail.outbox[-1].body

    def test_somebody_unknown_reads_the_language_of_the_page(self, client):
        client.post(
            reverse("account_reset_password"),
            {"email": "nobody@example.com"},
            headers={"accept-language": "es"},
        )

        assert mail.outbox[-1].subject == "Ningún usuario con esta dirección"

    def test_a_second_factor_that_an_administrator_took_away(
        self, django_capture_on_commit_callbacks
    ):
        user = make_user(language="es")

        with translation.override("en"), django_capture_on_commit_callbacks(execute=True):
            mails.tell(user, mails.Change.RESET)

        assert mail.outbox[-1].subject == "Un administrador ha quitado su segundo factor"
        assert "Cuándo:" in mail.outbox[-1].body


@pytest.mark.django_db
def test_administrators_hear_of_an_emergency_each_in_their_language(
    django_capture_on_commit_callbacks,
):
    make_utility()
    here, there = make_staff("administrator"), make_staff("administrator")
    there.language = "es"
    there.save()

    with django_capture_on_commit_callbacks(execute=True):
        sessions.start_emergency(
            make_staff("support"), make_account().customer, note="gas smell outside", real_now=NOON
        )

    said = {message.bcc[0]: message.subject for message in mail.outbox}
    assert said == {
        here.email: "Emergency help session",
        there.email: "Sesión de ayuda de emergencia",
    }
