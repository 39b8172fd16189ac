import csv
import json
import struct
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from meters.sources.modbus import BadMap, Map, decode, encode

MAPS = {
    path.stem: Map.parse(json.loads(path.read_text()))
    for path in Path(settings.BASE_DIR, "meters", "register_maps").glob("*.json")
}
FACTS = Path(settings.BASE_DIR).parent / "shared" / "metering" / "register_maps.csv"
MODELS = {
    "eastron-sdm230": ("SDM230", {}),
    "carlo-gavazzi-em24": ("EM24 (RS-485)", {}),
    "abb-b23-b24": ("B23/B24 (also A43/A44)", {"serial_number": "A43/A44"}),
    "schneider-pm5100": ("PM5100 series (PM5000)", {}),
}
QUANTITIES = {
    "import": "energy_import_total",
    "export": "energy_export_total",
    "serial": "serial_number",
}


def registers(code, name, *words):
    register = MAPS[code].registers[name]
    return {(register.kind, register.address + n): word for n, word in enumerate(words)}


@pytest.mark.skipif(not FACTS.exists(), reason="the collected facts are not here")
@pytest.mark.parametrize("code", MODELS)
def test_our_maps_say_what_the_collected_facts_say(code):
    model, other_models = MODELS[code]
    facts = {(r["model"], r["quantity"]): r for r in csv.DictReader(FACTS.read_text().splitlines())}

    for name, quantity in QUANTITIES.items():
        if name not in MAPS[code].registers:
            continue
        register = MAPS[code].registers[name]
        fact = facts[other_models.get(quantity, model), quantity]
        assert register.address == int(fact["address_dec"])
        assert register.kind == fact["register_type"]
        assert (register.type, register.count) == (fact["data_type"], int(fact["count"]))
        assert MAPS[code].word_order == fact["word_order"]
        assert register.scale == Decimal(fact["scale"])
        assert register.unit == fact["unit"]


def test_a_float_of_kwh_is_rounded_to_the_digits_on_the_display():
    """12345.678 is sent as 12345.677734375; the meter shows 12345.68."""
    words = struct.unpack(">HH", struct.pack(">f", 12345.678))

    assert (
        decode(registers("eastron-sdm230", "import", *words), MAPS["eastron-sdm230"], "import")
        == 12_345_680
    )


def test_little_word_order_sends_the_low_word_first():
    """123456.7 kWh = 1,234,567 tenths = 0x0012D687."""
    em24 = MAPS["carlo-gavazzi-em24"]

    assert (
        decode(registers("carlo-gavazzi-em24", "import", 0xD687, 0x0012), em24, "import")
        == 123_456_700
    )


def test_a_wide_counter_in_hundredths():
    abb = MAPS["abb-b23-b24"]

    assert (
        decode(registers("abb-b23-b24", "import", 0, 0, 0x0012, 0xD687), abb, "import")
        == 12_345_670
    )


def test_all_ones_mean_that_there_is_no_value():
    abb = MAPS["abb-b23-b24"]

    assert decode(registers("abb-b23-b24", "import", *[0xFFFF] * 4), abb, "import") is None


def test_a_float_that_is_no_number_is_no_value():
    sdm = MAPS["eastron-sdm230"]

    assert decode(registers("eastron-sdm230", "import", 0x7FC0, 0), sdm, "import") is None
    assert decode(registers("eastron-sdm230", "import", 0x7F80, 0), sdm, "import") is None


def test_registers_that_did_not_arrive_are_no_value():
    assert decode({}, MAPS["eastron-sdm230"], "import") is None


@given(st.sampled_from(sorted(MAPS)), st.integers(0, 99_999))
def test_what_a_meter_shows_is_what_is_read(code, tenths):
    value = tenths * 100  # a tenth of a kWh is the coarsest display among the maps

    assert decode(encode(value, MAPS[code], "import"), MAPS[code], "import") == value


def test_neighbours_are_read_together_and_gaps_never():
    batches = MAPS["eastron-sdm230"].batches(["import", "export", "power", "serial"])

    assert [(b.kind, b.address, b.count) for b in batches] == [
        ("holding", 64512, 2),
        ("input", 12, 2),
        ("input", 72, 4),
    ]


def test_a_register_that_some_variants_lack_is_asked_for_alone():
    batches = MAPS["carlo-gavazzi-em24"].batches(["import", "export"])

    assert [(b.address, b.is_optional) for b in batches] == [(66, False), (92, True)]


GOOD = {"kind": "input", "address": 1, "type": "int32", "unit": "kWh"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "coil"}, "kind 'coil'"),
        ({"type": "int24"}, "type 'int24'"),
        ({"unit": "hp"}, "unit 'hp'"),
        ({"scale": "0"}, "scale must be positive"),
        ({"scale": "x"}, "InvalidOperation"),
        ({"address": 70_000}, "address 70000"),
        ({"type": "float32"}, "needs the step"),
        ({"absent": ["FFFF"]}, "must have 4 bytes"),
        ({"absent": ["FG"]}, "ValueError"),
    ],
)
def test_a_wrong_map_is_refused_by_the_name_of_its_register(change, message):
    with pytest.raises(BadMap, match=message) as refused:
        Map.parse({"code": "x", "registers": {"import": GOOD | change}})

    assert "map x, register import" in str(refused.value)


@pytest.mark.parametrize(
    "definition",
    [{}, {"code": "x"}, {"code": "x", "registers": {}}, {"code": "x", "word_order": "middle"}],
)
def test_a_map_without_its_parts_is_refused(definition):
    with pytest.raises(BadMap):
        Map.parse(definition)
