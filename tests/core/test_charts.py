"""Charts: what is drawn has the size of its number, and the table says the same exactly."""

from __future__ import annotations

import gzip
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.charts import USE, Bar, Chart, Mark, Series, bars, lines
from core.charts.frame import BOTTOM, TOP
from core.charts.scale import MOST_STEPS, round_scale

BANDS = [
    Series("night", "Night", "offpeak"),
    Series("day", "Day", "standard"),
    Series("peak", "Peak", "peak"),
]
SVG = "{http://www.w3.org/2000/svg}"
HEIGHT = 220
PLOT = HEIGHT - TOP - BOTTOM


def draw(rows, series=(USE,), **options) -> Chart:
    return bars(rows, series, key="use", finding="A finding", unit="kWh", scale=1000, **options)


def tree(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(str(chart.svg))


def groups(chart: Chart, kind: str) -> list[ElementTree.Element]:
    return [g for g in tree(chart).iter("g") if kind in g.get("class", "").split()]


def rects(chart: Chart, kind: str) -> list[dict[str, float]]:
    found = [rect for group in groups(chart, f"k-{kind}") for rect in group.iter("rect")]
    return [
        {name: float(rect.get(name, "0").rstrip("%")) for name in ("x", "y", "width", "height")}
        for rect in found
    ]


def words(chart: Chart) -> list[str]:
    return [text.text or "" for text in tree(chart).iter("text")]


def page(chart: Chart, **context) -> str:
    return render_to_string("components/chart.html", {"chart": chart, **context})


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_a_bar_is_as_high_as_its_number(values):
    chart = draw([Bar(str(n), (value,)) for n, value in enumerate(values)])
    top = round_scale(max(values), 1000).top

    drawn = rects(chart, "use")

    assert len(drawn) == sum(value > 0 for value in values)
    for rect, value in zip(drawn, [v for v in values if v], strict=True):
        assert rect["height"] == pytest.approx(float(value / top) * PLOT, abs=0.02)
        assert rect["y"] + rect["height"] == pytest.approx(HEIGHT - BOTTOM, abs=0.02)


@given(
    st.lists(st.tuples(*[st.integers(0, 10**7)] * 3), min_size=1, max_size=31),
)
def test_the_parts_of_a_bar_reach_as_high_as_their_sum(values):
    chart = draw([Bar(str(n), parts) for n, parts in enumerate(values)], BANDS)
    top = round_scale(max(sum(parts) for parts in values), 1000).top

    highest = {}
    for kind in ("offpeak", "standard", "peak"):
        for rect in rects(chart, kind):
            highest[rect["x"]] = min(rect["y"], highest.get(rect["x"], HEIGHT))

    sums = [sum(parts) for parts in values if sum(parts)]
    expected = [HEIGHT - BOTTOM - float(total / top) * PLOT for total in sums]
    assert [highest[x] for x in sorted(highest)] == pytest.approx(expected, abs=0.02)


@given(st.integers(1, 10**15), st.sampled_from([1, 100, 1000]))
def test_the_axis_reaches_the_highest_value_in_few_round_steps(highest, scale):
    axis = round_scale(highest, scale)

    assert axis.top >= highest > axis.top - axis.step * scale
    assert 1 <= axis.steps <= MOST_STEPS
    assert axis.step * scale % 1 == 0  # no customer is counted in halves
    assert str(axis.step.normalize().as_tuple().digits) in {"(1,)", "(2,)", "(2, 5)", "(5,)"}


def test_three_customers_are_counted_one_by_one():
    assert [round_scale(highest, 1)[:2] for highest in (1, 3, 12)] == [(1, 1), (1, 3), (5, 3)]


def test_parts_of_a_bar_are_two_pixels_apart():
    low, middle, high = (rects(draw([Bar("1", (1000, 1000, 1000))], BANDS), kind)[0]
                         for kind in ("offpeak", "standard", "peak"))  # fmt: skip

    assert low["y"] - (middle["y"] + middle["height"]) == pytest.approx(2, abs=0.02)
    assert middle["y"] - (high["y"] + high["height"]) == pytest.approx(2, abs=0.02)


def test_each_kind_has_a_hatch_of_its_own_in_chart_and_legend():
    chart = draw([Bar("1", (1000, 1000, 1000))], BANDS)
    strokes = [path.get("d") for path in tree(chart).iter("path")]

    assert len(strokes) == len(set(strokes)) == 2  # the standard kind is plain
    assert [sign.word for sign in chart.legend] == ["Night", "Day", "Peak"]
    assert all("<svg" in sign.picture for sign in chart.legend)


def test_marks_are_drawn_named_and_told_in_the_table():
    chart = draw(
        [
            Bar("1", (1000,), Mark.ESTIMATED),
            Bar("2", (500,), Mark.MISSING, note="The meter is silent."),
            Bar("3", (700,), Mark.EDITED),
            Bar("4", (900,), Mark.PROVISIONAL),
            Bar("5", (900,)),
        ]
    )

    (guessed,) = groups(chart, "k-guess")
    assert guessed.get("fill-opacity") == "0.45" and len(list(guessed)) == 1
    assert words(chart).count("E") == words(chart).count("C") == 1
    assert len(list(groups(chart, "k-gap")[0])) == len(list(groups(chart, "k-prov")[0])) == 1
    assert [row.note for row in chart.rows] == [
        "Estimated",
        "Readings are missing. The meter is silent.",
        "Corrected by us",
        "Provisional: not billed yet",
        "",
    ]
    assert len(chart.legend) == 4


def test_of_many_bars_only_the_first_of_a_run_bears_its_letter():
    marks = [Mark.ESTIMATED if n in (3, 4, 5, 90) else Mark.NONE for n in range(100)]
    chart = draw([Bar(str(n), (5,), mark) for n, mark in enumerate(marks)])

    assert words(chart).count("E") == 2


def test_the_table_says_exactly_what_is_drawn():
    chart = draw([Bar("1", (1_234_567, 10, 0), about="1 May")], BANDS, against="A year before")

    assert chart.head == ["Night", "Day", "Peak", "Together", "A year before"]
    assert chart.rows[0].about == "1 May"
    assert chart.rows[0].cells == (
        "1,234.567 kWh",
        "0.01 kWh",
        "0 kWh",
        "1,234.577 kWh",
        "–",
    )


def test_money_is_shown_as_money_and_its_unit_is_the_currency():
    chart = bars([Bar("1", (123456,))], key="m", finding="f", unit="", money="USD")
    yen = bars([Bar("1", (1234,))], key="m", finding="f", unit="", money="JPY")

    assert chart.rows[0].cells == ("$1,234.56",) and "$" in words(chart)
    assert yen.rows[0].cells == ("¥1,234",)


def test_time_runs_with_the_text():
    rows = [Bar(str(n), (1000 * (n + 1),)) for n in range(4)]
    with translation.override("ar"):
        mirrored = draw(rows)
    plain = draw(rows)

    ends = [rect["x"] + rect["width"] for rect in rects(mirrored, "use")]
    assert [100 - end for end in ends] == pytest.approx([r["x"] for r in rects(plain, "use")])
    assert 'class="graph-svg graph-mirrored"' in mirrored.svg


def test_the_picture_has_a_name_and_ids_of_its_own():
    chart = draw([Bar("1", (1,))], description="One bar.")
    root = tree(chart)

    assert root.get("role") == "img" and root.get("aria-labelledby") == "use-title use-desc"
    assert (root.find("title").text, root.find("desc").text) == ("A finding", "One bar.")
    sizes = [int(size) for size in re.findall(r'font-size="(\d+)"', str(chart.svg))]
    assert min(sizes) >= 12 and "rotate" not in chart.svg


def test_what_is_compared_is_a_line_across_the_place():
    chart = draw([Bar("1", (500,), against=1000), Bar("2", (500,))], against="A year before")

    (group,) = groups(chart, "k-against")
    (line,) = group
    assert float(line.get("y1")) == float(line.get("y2")) == TOP
    assert [sign.word for sign in chart.legend] == ["A year before"]


def test_nothing_to_draw_is_an_empty_axis():
    assert rects(draw([]), "use") == rects(draw([Bar("1", (0,))]), "use") == []


def test_labels_never_meet():
    chart = draw([Bar(f"day {n}", (n,)) for n in range(100)])
    shown = [t for t in tree(chart).iter("text") if (t.text or "").startswith("day")]
    always = [t for t in shown if t.get("display") != "none"]

    assert 2 <= len(always) <= 5 < len(shown) <= 15


def test_places_without_a_label_leave_the_others_theirs():
    chart = draw([Bar("" if n % 24 else f"May {n // 24 + 1}", (n,)) for n in range(120)])

    assert [word for word in words(chart) if word.startswith("May")] == [
        f"May {n}" for n in range(1, 6)
    ]


@pytest.mark.parametrize("count", [0, 7])
def test_a_chart_has_one_to_six_series(count):
    series = [Series(str(n), str(n)) for n in range(count)]

    with pytest.raises(ValueError, match="1 to 6 series"):
        draw([Bar("1", (1,) * count)], series)


def test_a_line_breaks_where_a_value_is_missing():
    points = [Bar(str(n), (1000 + n, 500), Mark.MISSING if n == 2 else Mark.NONE) for n in range(5)]
    chart = lines(points, BANDS[:2], key="l", finding="f", unit="kWh", scale=1000)

    strokes = [
        len(list(group)) for group in tree(chart).iter("g") if "k-stroke" in group.get("class")
    ]
    assert strokes == [2, 2]
    assert chart.head == ["Night", "Day"] and chart.rows[0].cells == ("1 kWh", "0.5 kWh")


def test_a_line_in_steps_holds_its_value_for_the_whole_place():
    chart = lines(
        [Bar("1", (1000,)), Bar("2", (2000,))], key="l", finding="f", unit="kWh", is_stepped=True
    )
    (group,) = [g for g in tree(chart).iter("g") if "k-stroke" in g.get("class")]

    ends = [(line.get("x1"), line.get("x2")) for line in group]
    assert ends == [("0%", "50%"), ("50%", "50%"), ("50%", "100%")]


@pytest.mark.parametrize("count", [24, 31, 100])
def test_a_chart_weighs_little(count):
    rows = [Bar(str(n % 31), (n * 37 % 900, n * 53 % 700, n * 71 % 800)) for n in range(count)]

    assert len(gzip.compress(str(draw(rows, BANDS).svg).encode())) <= (2048 if count < 32 else 4096)


def test_the_component_names_the_finding_and_holds_every_number():
    chart = draw([Bar("1", (1500,), about="1 May <b>")])

    html = page(chart, csv_url="/use.csv", first="Day")

    assert "<figcaption" in html and html.count("A finding") == 3
    assert html.index("</svg>") < html.index("<details") < html.index("1.5 kWh")
    assert "1 May &lt;b&gt;" in html and 'href="/use.csv"' in html


def test_nothing_in_a_chart_needs_a_style_or_a_script_of_its_own():
    html = page(draw([Bar("1", (1000,), Mark.MISSING | Mark.ESTIMATED)], against="Before"))

    assert "style=" not in html and "<script" not in html and "<style" not in html


def test_the_axis_is_exact_in_decimals():
    axis = round_scale(1, 1000)

    assert axis.step * axis.steps == Decimal("0.001")
