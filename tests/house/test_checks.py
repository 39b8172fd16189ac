"""What a start complains about, and the hints it gives."""

from __future__ import annotations

from billing_site import checks


def ids(messages):
    return [message.id for message in messages]


def test_missing_pdf_libraries_name_the_packages(monkeypatch):
    monkeypatch.setattr(checks, "PDF_LIBRARIES", ("libnowhere.so.0",))

    [warning] = checks.pdf_libraries()

    assert "apt-get install" in warning.hint and "libpango-1.0-0" in warning.hint


def test_production_wants_secrets_of_its_own(settings):
    settings.PRODUCTION = True
    settings.FIELD_KEYS = []
    settings.FIELD_INDEX_KEY = "short"
    settings.DEMO = True

    found = checks.production_secrets()

    assert ids(found) == [f"billing_site.E00{i}" for i in (1, 2, 3, 4)]
    assert "make_secrets" in found[0].hint


def test_production_with_good_secrets_is_quiet(settings):
    settings.PRODUCTION = True
    settings.DEBUG = settings.DEMO = False
    settings.SECRET_KEY = "a" * 64
    settings.FIELD_KEYS = ["k"]
    settings.FIELD_INDEX_KEY = "b" * 64
    settings.ALLOWED_HOSTS = ["bills.example.org"]

    assert checks.production_secrets() == []


def test_development_needs_no_secrets(settings):
    settings.PRODUCTION = False

    assert checks.production_secrets() == []


def test_sqlite_is_for_one_worker(settings, monkeypatch):
    settings.ON_SQLITE = True
    settings.REDIS_URL = ""
    monkeypatch.setenv("GRANIAN_WORKERS", "4")

    assert ids(checks.one_writer_on_sqlite()) == ["billing_site.W002"]


def test_a_mistyped_failpoint_is_an_error(settings):
    settings.FAILPOINTS = "issue=explode"

    assert ids(checks.failpoints_are_readable()) == ["billing_site.E005"]


def test_an_unknown_order_of_debts_is_an_error(settings):
    assert checks.allocation_policy_is_known() == []

    settings.ALLOCATION_POLICY = "richest_first"

    assert ids(checks.allocation_policy_is_known()) == ["billing_site.E006"]
