"""Amounts, rates, quantities and dates in five languages and three kinds of currency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import formats
from core.periods import local_month

BERLIN = ZoneInfo("Europe/Berlin")
NNBSP, NBSP = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("locale", "currency", "minor", "shown"),
    [
        ("en_US", "USD", 123456, "$1,234.56"),
        ("en_US", "USD", -5, "-$0.05"),
        ("en_US", "JPY", 1234, "¥1,234"),
        ("en_US", "KWD", 1234567, f"KWD{NBSP}1,234.567"),
        ("hi_IN", "INR", 123456789, "₹12,34,567.89"),
        ("fr_FR", "EUR", 123456789, f"1{NNBSP}234{NNBSP}567,89{NBSP}€"),
        ("es_ES", "EUR", 990, f"9,90{NBSP}€"),
        ("en", "IQD", 1500, f"IQD{NBSP}1.500"),
    ],
)
def test_money(locale, currency, minor, shown):
    assert formats.money(minor, currency, locale=Locale.parse(locale)) == shown


def test_amounts_and_quantities_keep_their_order_from_right_to_left():
    arabic = Locale.parse("ar")

    assert formats.money(-1240, "USD", locale=arabic) == f"\u2066-12.40{NBSP}US$\u2069"
    assert formats.quantity(1205, "kWh", scale=10, locale=arabic) == "\u2066120.5 kWh\u2069"
    assert formats.money(-1240, "USD", locale=Locale.parse("es")) == f"-12,40{NBSP}US$"
    with translation.override("ar"):  # a word of the language runs its own way
        assert formats.quantity(3, "day") == "3 أيام"


def test_money_in_arabic_keeps_three_decimals_of_the_dinar():
    assert "1,234.567" in formats.money(1234567, "KWD", locale=Locale.parse("ar"))
    assert "١٢٣" not in formats.money(12300, "KWD", locale=Locale.parse("ar"))


@given(st.integers(-(10**17), 10**17), st.sampled_from(["USD", "JPY", "KWD"]))
def test_no_digit_of_an_amount_is_ever_lost(minor, currency):
    shown = formats.money(minor, currency, locale=Locale.parse("en_US"))

    assert int("".join(c for c in shown if c.isdigit())) == abs(minor)
    assert shown.startswith("-") == (minor < 0)


@pytest.mark.parametrize(
    ("unit_price", "currency", "shown"),
    [
        (12_345_000, "USD", "$0.12345"),
        (12_000_000, "USD", "$0.12"),
        (1, "USD", "$0.00000001"),
        (2_550_000_000, "JPY", "¥25.5"),
        (30_000_000, "KWD", f"KWD{NBSP}0.300"),
    ],
)
def test_a_rate_shows_every_digit_it_has(unit_price, currency, shown):
    assert formats.rate(unit_price, currency, locale=Locale.parse("en_US")) == shown


def test_quantities_are_exact_in_every_language():
    parse = Locale.parse
    assert formats.quantity(1_234_567, "kWh", scale=1000, locale=parse("en")) == "1,234.567 kWh"
    assert formats.quantity(1_234_567, "kWh", scale=1000, locale=parse("es")) == "1.234,567 kWh"
    assert formats.quantity(123_456_789, "m3", scale=1000, locale=parse("hi")) == "1,23,456.789 m³"
    assert formats.quantity(31, "day", locale=parse("en")) == "31 days"


def test_dates_are_long_and_periods_end_with_their_last_day():
    english, arabic = Locale.parse("en_GB"), Locale.parse("ar")
    october = local_month(2026, 10, BERLIN)

    assert formats.day(date(2026, 12, 5), locale=english) == "5 December 2026"
    assert formats.period(october, BERLIN, locale=english) == "1 October 2026 – 31 October 2026"
    assert formats.days(date(2026, 1, 1), date(2026, 1, 1), locale=english) == "1 January 2026"
    assert formats.month(date(2026, 10, 1), locale=english) == "October 2026"
    assert "أكتوبر" in formats.period(october, BERLIN, locale=arabic)


def test_the_hour_that_comes_twice_has_the_name_of_its_zone():
    english = Locale.parse("en_GB")
    first, second = (
        formats.moment(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), BERLIN, locale=english)
        for hour in (0, 1)
    )

    assert first == "25 October 2026, 02:30 CEST"
    assert second == "25 October 2026, 02:30 CET"


@pytest.mark.parametrize(
    ("language", "region", "name"),
    [
        ("en", "IN", "en_IN"),
        ("es", "", "es"),
        ("hi", "IN", "hi_IN"),
        ("es", "ZZ", "es"),
        ("pt-br", "US", "pt_BR"),
        ("nonsense", "", "en"),
    ],
)
def test_the_locale_is_the_language_in_the_region(language, region, name):
    assert str(formats.locale_of(language, region)) == name


def render(text, **context):
    return Template("{% load formats page %}" + text).render(Context(context))


def test_tags_isolate_what_they_show():
    october = local_month(2026, 10, BERLIN)
    with translation.override("en"):
        assert render("{{ 1234|money:'USD' }}") == '<bdi class="money">$12.34</bdi>'
        assert render("{% quantity 1500 'kWh' 1000 %}") == '<bdi class="number">1.5 kWh</bdi>'
        assert render("{% rate 12345000 'USD' 'kWh' %}") == (
            '<bdi class="money">$0.12345 per kWh</bdi>'
        )
        assert "October 31, 2026" in render(
            "{% period a b z %}", a=october.starts_at, b=october.ends_at, z=BERLIN
        )
        assert 'datetime="2026-10-31"' in render("{{ d|day }}", d=date(2026, 10, 31))


def test_debt_and_credit_differ_by_words():
    with translation.override("en"):
        assert render("{{ 500|balance:'USD' }}") == 'You owe <bdi class="money">$5.00</bdi>'
        assert render("{{ m|balance:'USD' }}", m=-500) == '<bdi class="money">$5.00</bdi> in credit'
        assert render("{{ 0|balance:'USD' }}") == "Nothing to pay"


def test_a_status_is_a_word_with_a_shape():
    shown = render("{% tag word 'good' %}", word="<Issued>")

    assert "&lt;Issued&gt;" in shown and "●" in shown and "tag-good" in shown


def test_the_style_sheet_is_small_and_knows_no_left_or_right():
    import gzip
    import re
    from pathlib import Path

    from django.conf import settings

    css = (Path(settings.BASE_DIR) / "static/css/ui.css").read_text()

    assert len(gzip.compress(css.encode())) <= 12 * 1024
    assert not re.search(r"\b(left|right)\b\s*[:;]|-(left|right)\b", css)


def test_a_change_says_its_sign_in_every_direction():
    assert formats.money(925, "USD", plus=True, locale=Locale.parse("en_US")) == "+$9.25"
    assert formats.money(-925, "USD", plus=True, locale=Locale.parse("en_US")) == "-$9.25"
    assert formats.money(925, "USD", plus=True, locale=Locale.parse("ar")).startswith("\u2066+9.25")


def test_lines_of_an_address_keep_their_own_direction():
    shown = Template("{% load formats %}{{ address|lines }}")
    address = Context({"address": "12 Mill <Lane>\nDover"})

    first = '<bdi dir="auto">12 Mill &lt;Lane&gt;</bdi>'
    assert shown.render(address) == f'{first}<br><bdi dir="auto">Dover</bdi>'
    with translation.override("ar"):
        assert '<bdi dir="auto">\u2068Dover\u2069</bdi>' in shown.render(address)
