"""Card numbers are found however they are written, and our own numbers are left alone."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from accounts import numbers
from core.card_numbers import RANGES, has_card_number, masked, masked_tree, no_card_number

VISA = "4242424242424242"
CARDS = [
    VISA,
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "36227206271667",
    "3566002020360505",
    "6011111111111117",
    "6200000000000005",
    "6759649826438453",
    "2200000000000053",
]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("said", ["{}", "card {} please", "({})", "pan={},", "card{}", '"{}"'])
def test_a_card_number_is_masked_but_for_its_last_four_digits(card, said):
    assert masked(said.format(card)) == said.format(f"****{card[-4:]}")


@pytest.mark.parametrize(
    "written",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242 - 4242 - 4242 - 4242",
        "4242\u00a04242\u20114242\u200b4242",
        "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
        "42 42 42 42 42 42 42 42",
        "\u0664\u0662" * 8,  # Arabic-Indic digits
        "\uff14\uff12" * 8,  # full-width digits
        "\u096a\u0968" * 8,  # Devanagari digits
        "3782 822463 10005",
        "3056 930902 5904",
    ],
)
def test_however_it_is_grouped_or_which_digits_it_has(written):
    assert has_card_number(f"my card is {written}, thank you")
    assert not any(c.isdecimal() for c in masked(written).replace(masked(written)[-4:], ""))


def test_beside_other_numbers_only_the_card_is_masked():
    said = "paid 58.12 on 2026-10-31 with 4242 4242 4242 4242 12/27 123 and 5555555555554444"

    assert masked(said) == "paid 58.12 on 2026-10-31 with ****4242 12/27 123 and ****4444"


def test_json_data_is_masked_in_texts_keys_and_numbers():
    data = {"a": [int(VISA), True, None, 1.5], VISA: {"note": f"card {VISA}"}}

    assert masked_tree(data) == {
        "a": ["****4242", True, None, 1.5],
        "****4242": {"note": "card ****4242"},
    }


def test_the_validator_is_calm_and_does_not_repeat_the_number():
    with pytest.raises(ValidationError) as refused:
        no_card_number(f"took it from {VISA}")

    assert "leave it out" in refused.value.messages[0]
    assert "4242" not in refused.value.messages[0]
    no_card_number("took it from the card that ends in 4242")


@given(st.data())
def test_every_number_of_every_range_is_found(data):
    first, last, lengths = data.draw(st.sampled_from(RANGES))
    length = data.draw(st.sampled_from(sorted(lengths)))
    start = str(data.draw(st.integers(int(first), int(last))))
    missing = length - len(start) - 1
    body = start + data.draw(st.text("0123456789", min_size=missing, max_size=missing))
    card = body + luhn.calc_check_digit(body)

    assert masked(f"x {card} y") == f"x ****{card[-4:]} y"


moments = st.datetimes(datetime(1990, 1, 1), datetime(2199, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
accounts = st.integers(10**8, 10**9 - 1).map(
    lambda n: str(n) + numbers.damm.calc_check_digit(str(n))
)
bills = st.builds(
    "{}-{:04d}-{:06d}".format,
    st.sampled_from("BCRP"),
    *[st.integers(2000, 2200), st.integers(0, 999_999)],
)
serials = st.integers(10**6, 10**8 - 1).map(str)
days = moments.map(lambda moment: moment.date().isoformat())
amounts = st.integers(-(10**10), 10**10).map(lambda n: f"{n // 100:,}.{n % 100:02d}")
OURS = {
    "account numbers": accounts,
    "bill numbers": bills,
    "bill numbers without their letter": bills.map(lambda bill: bill[2:]),
    "meter serials": serials,
    "days": days,
    "compact days": days.map(lambda day: day.replace("-", "")),
    "moments": moments.map(datetime.isoformat),
    "compact moments": moments.map(lambda m: m.strftime("%Y%m%d%H%M%S")),
    "seconds since 1970": st.integers(10**9, 2 * 10**9).map(str),
    "milliseconds since 1970": st.integers(10**12, 2 * 10**12).map(str),
    "nanoseconds since 1970": st.integers(10**18, 2 * 10**18).map(str),
    "uuids": st.uuids(version=4).map(str),
    "hashes": st.binary(min_size=32, max_size=32).map(bytes.hex),
    "amounts": amounts,
    "phone numbers": st.integers(10**9, 10**10 - 1).map(lambda n: f"+1 {n}"),
    "addresses of pages": st.builds(
        "/bills/by-id/{}/lines/{}/?day={}".format, st.integers(1, 10**12), st.integers(1, 999), days
    ),
    "source keys": st.integers(1, 10**12).map(lambda n: f"stmt:{n}:issue"),
}


@pytest.mark.parametrize("kind", OURS)
@given(data=st.data())
def test_our_own_numbers_are_left_alone(kind, data):
    written = data.draw(OURS[kind])

    assert masked(f"{kind} {written} noted") == f"{kind} {written} noted"


@given(st.lists(st.one_of(accounts, bills, days, moments.map(str)), min_size=2, max_size=6))
def test_rows_of_our_numbers_are_left_alone(words):
    for joint in (" ", ", ", " - ", "\t"):
        assert masked(joint.join(words)) == joint.join(words)


@given(st.text())
def test_text_without_a_card_stays_as_it_is(text):
    assert masked(text) == text or has_card_number(text)


def test_masking_twice_is_masking_once():
    text = f"{VISA} and {uuid.UUID(int=7)}"

    assert masked(masked(text)) == masked(text)
