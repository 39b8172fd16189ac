"""The PDF: made once for a language, kept with its hash, the same bytes ever after."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AccountRole
from statements import documents
from statements.models import Statement, StatementDocument
from statements.operations.cancel import cancel
from tests.statements.factories import (
    FLAT,
    IN_DECEMBER,
    OCTOBER,
    TIME,
    bill,
    make_bill,
    make_home,
    make_world,
    read_steadily,
)
from tests.statements.test_pages import holder_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_world()


def text_of(content):
    return " ".join(
        "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(content)).pages).split()
    )


def test_the_same_bill_gives_the_same_bytes():
    statement = make_bill(TIME)

    assert documents.render(statement, "en") == documents.render(statement, "en")


def test_the_pdf_says_what_the_page_says_and_is_tagged():
    statement = make_bill(TIME)
    reader = PdfReader(io.BytesIO(documents.render(statement, "en")))
    said = text_of(documents.render(statement, "en"))

    assert reader.metadata.title == f"Bill {statement.number} – Riverside Utilities"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(reader.pages) == 2
    assert "Amount due $59.82 Please pay by November 26, 2026" in said
    assert "143 kWh × $0.11 per kWh" in said
    assert "Readings behind it" not in said


def test_the_second_request_renders_nothing(monkeypatch):
    statement = make_bill(FLAT)
    first = documents.stored_pdf(statement, "en")
    monkeypatch.setattr(documents, "render", lambda *_: pytest.fail("rendered again"))

    assert documents.stored_pdf(statement, "en") == first
    row = StatementDocument.objects.get()
    assert row.sha256 == hashlib.sha256(first).hexdigest()
    assert row.path.startswith(f"statements/{statement.pk // 1000}/{statement.pk}/en-")


def test_each_language_has_its_document():
    statement = make_bill(FLAT)

    english, spanish = (documents.stored_pdf(statement, code) for code in ("en", "es"))

    assert english != spanish
    assert StatementDocument.objects.count() == 2


def test_of_two_makers_the_first_stays(monkeypatch):
    statement = make_bill(FLAT)
    winner = documents.store(statement, "en")
    monkeypatch.setattr(documents, "render", lambda *_: b"%PDF another")

    loser = documents.store(statement, "en")

    assert loser == winner
    folder = f"statements/{statement.pk // 1000}/{statement.pk}"
    names = default_storage.listdir(folder)[0]
    files = [name for each in names for name in default_storage.listdir(f"{folder}/{each}")[1]]
    assert files == [f"{statement.number}.pdf"]


@pytest.mark.parametrize("damage", ["edited", "gone"])
def test_a_damaged_document_is_not_served(damage):
    statement = make_bill(FLAT)
    documents.stored_pdf(statement, "en")
    path = StatementDocument.objects.get().path
    default_storage.delete(path)
    if damage == "edited":
        with default_storage.open(path, "wb") as file:
            file.write(b"%PDF-1.7 something else")

    with pytest.raises(documents.DocumentDamaged):
        documents.stored_pdf(statement, "en")


def test_a_draft_has_no_document():
    statement = make_bill(FLAT)
    statement.state = Statement.State.APPROVED

    with pytest.raises(documents.NotIssued):
        documents.stored_pdf(statement, "en")


def test_a_bill_cancelled_later_keeps_its_first_document():
    statement = make_bill(FLAT)
    first = documents.stored_pdf(statement, "en")
    cancel(statement, reason="Wrong meter", actor=None, cancelled_at=IN_DECEMBER)
    statement.refresh_from_db()

    assert documents.stored_pdf(statement, "en") == first
    assert "Esta factura está anulada" in text_of(documents.stored_pdf(statement, "es"))


def test_waiting_documents_are_made_in_the_language_of_the_bill(monkeypatch):
    services = [make_home(FLAT) for _ in range(3)]
    for service in services:
        read_steadily(service.channel, OCTOBER)
    bill(services[0])
    broken = Statement.objects.order_by("pk").last()
    real = documents.render
    monkeypatch.setattr(
        documents, "render", lambda s, lang: 1 / 0 if s == broken else real(s, lang)
    )

    assert documents.render_pending(10) == 2
    assert documents.render_pending(10) == 0
    assert [s.pk for s in documents.without_document(10)] == [broken.pk]


def test_the_page_serves_the_stored_pdf_under_a_telling_name(client):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement))
    url = reverse("statements:pdf", args=[statement.number])

    answers = [client.get(url), client.get(url), client.get(url, {"lang": "es"})]

    assert [a["Content-Type"] for a in answers] == ["application/pdf"] * 3
    assert answers[0].content == answers[1].content != answers[2].content
    name = f'inline; filename="riverside-utilities_bill_2026-10_{statement.number}.pdf"'
    assert answers[0]["Content-Disposition"] == name
    assert answers[0]["Cache-Control"] == "private, no-store"


def test_without_pango_the_page_says_what_to_do(client, monkeypatch):
    statement = make_bill(FLAT)
    client.force_login(holder_of(statement, AccountRole.Role.HOLDER))

    def missing(*_):
        raise documents.PdfUnavailable("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(documents, "render", missing)

    answer = client.get(reverse("statements:pdf", args=[statement.number]))

    assert answer.status_code == 503
    assert "read it on its page, or print that page" in answer.content.decode()


def test_a_bill_loads_nothing_from_outside():
    with pytest.raises(ValueError, match="nothing from outside"):
        documents._nothing_from_outside("https://example.org/x.png")
