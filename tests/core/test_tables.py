"""A list whose whole state stands in its address; its files; doing one thing with many rows."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.http import Http404, QueryDict
from django.template.loader import render_to_string
from openpyxl import load_workbook

from core.models import Job
from core.tables import (
    Action,
    Amounts,
    Choice,
    Column,
    Days,
    Kind,
    Link,
    Listing,
    Moment,
    Money,
    Quantity,
    Table,
    Tag,
    Text,
    View,
    bulk,
    sheets,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
TABLE = Table(
    name="jobs",
    caption="Jobs, the newest first",
    columns=(
        Column("name", "Name", Kind.LINK, sort="kind"),
        Column("steps", "Steps", Kind.NUMBER, sort="done_steps"),
        Column("cost", "Cost", Kind.MONEY, unit="USD"),
        Column("use", "Use", Kind.QUANTITY),
        Column("done_on", "Done on", Kind.DAY, sort="finished_at", can_be_empty=True),
        Column("at", "At", is_shown=False),
        Column("state", "State", Kind.TAG),
    ),
    filters=(
        Choice("state", "State", Job.State.choices, "state"),
        Text("q", "Name begins with", "kind__startswith"),
        Days("made", "Made", "due_at__date"),
        Amounts("cost", "Cost", "all_steps", "USD"),
    ),
    views=(View("All", ""), View("Done", "state=done")),
    actions=(Action("Stop", "/stop/", most=3),),
    nothing="No job was ever made.",
    nothing_found="No job matches.",
    size=2,
)


@dataclass
class Row:
    name: Link
    steps: int
    cost: Money
    use: Quantity
    done_on: date | None
    at: Moment
    state: Tag


def shape(jobs):
    return [
        Row(
            Link(job.kind, f"/jobs/{job.pk}/"),
            job.done_steps,
            Money(-1250, "USD"),
            Quantity(1234, "kWh", 1000),
            job.finished_at and job.finished_at.date(),
            Moment(NOON, ZoneInfo("America/New_York")),
            Tag(job.get_state_display(), "good"),
        )
        for job in jobs
    ]


def make(*names, **fields):
    return [
        Job.objects.create(kind=name, key=f"{name}{uuid4()}", due_at=NOON, **fields)
        for name in names
    ]


def listing(query="", **options):
    asked = TABLE.asked(QueryDict(query))
    return Listing(asked, asked.narrow(Job.objects.all()), shape=shape, **options)


def names(found):
    return [line.cells[0].value.text for line in found.lines]


def html(found):
    return render_to_string("components/table.html", {"list": found})


def test_the_address_says_filter_order_columns_and_page():
    make("a", "b", "c", state="done")
    make("d")

    found = listing("state=done&sort=name&columns=steps")

    assert names(found) == ["a", "b"]
    assert [column.key for column in found.asked.columns] == ["name", "steps"]
    assert names(listing(found.next_url.removeprefix("?"))) == ["c"]
    assert "state=done" in found.next_url and "columns=steps" in found.next_url
    assert names(listing("state=done&sort=-name")) == ["c", "b"]


@pytest.mark.parametrize("query", ["sort=secret", "sort=cost", "after=x", "before=.~", "columns=x"])
def test_nonsense_shows_the_first_page(query):
    make("a", "b")

    assert names(listing(query)) == ["b", "a"]


def test_a_head_sorts_one_way_then_the_other_and_says_which():
    make("a")

    heads = {head.column.key: head for head in listing("sort=steps&state=pending").heads()}
    turned = {head.column.key: head for head in listing("sort=-steps").heads()}

    assert (heads["steps"].sorted, heads["steps"].url) == (
        "ascending",
        "?state=pending&sort=-steps",
    )
    assert (turned["steps"].sorted, turned["steps"].url) == ("descending", "?sort=steps")
    assert (heads["name"].sorted, heads["cost"].url) == ("", "")
    assert 'aria-sort="ascending"' in html(listing("sort=steps"))


def test_each_filter_is_a_chip_that_can_be_taken_off():
    make("apple", state="done", all_steps=500)

    found = listing("state=done&q=app&made-from=2026-09-01&cost-max=5&sort=name&after=.z~1")

    assert {chip.words: chip.url for chip in found.asked.chips} == {
        "State: Done": "?q=app&made-from=2026-09-01&cost-max=5&sort=name",
        "Name begins with: app": "?state=done&made-from=2026-09-01&cost-max=5&sort=name",
        "Made: from September 1, 2026": "?state=done&q=app&cost-max=5&sort=name",
        "Cost: up to $5.00": "?state=done&q=app&made-from=2026-09-01&sort=name",
    }
    assert found.asked.url_of_all == "?sort=name"


def test_ranges_include_both_ends():
    make("a", all_steps=500)

    assert names(listing("made-from=2026-10-01&made-to=2026-10-01&cost-min=5&cost-max=5.00")) == [
        "a"
    ]
    assert names(listing("made-to=2026-09-30")) == []
    assert names(listing("cost-min=5.01")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=nonsense", "state"),
        ("made-from=2026-10-02&made-to=2026-10-01", "made-to"),
        ("cost-min=2&cost-max=1", "cost-max"),
        ("cost-min=0.001", "cost-min"),
        ("made-from=yesterday", "made-from"),
    ],
)
def test_a_wrong_filter_shows_nothing_but_what_is_wrong(query, field):
    make("a")

    found = listing(query)

    assert list(found.asked.form.errors) == [field]
    assert found.lines == []
    assert f'href="#id_{field}"' in html(found) and "until the filter is right" in html(found)


def test_empty_lists_say_why_and_how_to_see_all():
    assert "No job was ever made." in html(listing())
    make("a")

    nothing = html(listing("q=z"))

    assert "No job matches." in nothing and "Clear all filters" in nothing


def test_the_view_that_is_shown_is_marked():
    assert [is_here for _v, _u, is_here in listing("state=done&sort=name").views()] == [False, True]
    assert [is_here for _v, _u, is_here in listing("sort=name").views()] == [True, False]


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_a_constant_number_of_queries(number, django_assert_num_queries):
    make(*"abc"[:number])

    with django_assert_num_queries(2):  # the page, and how many match
        html(listing())


def test_text_in_a_cell_is_no_markup():
    make("<b>bold</b>")

    assert "<b>bold" not in html(listing())
    assert "&lt;b&gt;bold" in html(listing())


FORMULAS = ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"]


def test_a_csv_file_holds_all_rows_that_match_in_their_order():
    make("a", "=1+1", "c", state="done")
    make("other")

    rows = file_of("csv", "state=done&sort=name")

    assert rows[0] == ["Name", "Steps", "Cost in USD", "Use", "Use: unit", "Done on", "State"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "a", "c"]
    assert rows[1][1:] == ["0", "-12.50", "1.234", "kWh", "", "Done"]


def test_an_excel_file_keeps_numbers_days_and_texts_apart():
    make(*FORMULAS, finished_at=NOON)
    make("ring\x07ing")

    sheet = file_of("xlsx", "sort=-name&columns=steps&columns=cost&columns=done_on&columns=at")

    cells = list(sheet.iter_rows(min_row=2))
    assert {row[0].value for row in cells} == {*FORMULAS, "ringing"}
    assert {row[0].data_type for row in cells} == {"s"}
    quoted = {row[0].value for row in cells if row[0].quotePrefix}
    assert quoted == set(FORMULAS)
    dated = next(row for row in cells if row[0].value == "+1")
    assert [cell.value for cell in dated[1:]] == [
        0,
        -12.5,
        datetime(2026, 10, 1),
        datetime(2026, 10, 1, 8),
    ]
    assert [cell.data_type for cell in dated[1:]] == ["n", "n", "d", "d"]
    assert dated[2].number_format == "#,##0.00"


def file_of(form, query):
    asked = TABLE.asked(QueryDict(query))
    rows = asked.narrow(Job.objects.all())
    answer = sheets.answer(form, asked, rows, shape=shape, name="jobs")
    assert answer["Cache-Control"] == "private, no-store"
    assert f'filename="jobs.{form}"' in answer["Content-Disposition"]
    content = answer.getvalue()
    answer.close()
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return load_workbook(io.BytesIO(content)).worksheets[0]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_is_whole_or_is_not_made(form, monkeypatch):
    make("a", "b", "c")
    monkeypatch.setitem(sheets.MOST_ROWS, form, 2)

    with pytest.raises(sheets.TooManyRows) as refused:
        file_of(form, "")

    assert refused.value.most == 2


def test_a_file_is_made_a_thousand_rows_at_a_time(monkeypatch, django_assert_num_queries):
    make("a", "b", "c")
    monkeypatch.setattr(sheets, "CHUNK", 2)

    with django_assert_num_queries(2):  # how many, and all of them
        rows = file_of("csv", "sort=name")

    assert [row[0] for row in rows[1:]] == ["a", "b", "c"]


def picked(query, **options):
    asked = TABLE.asked(QueryDict(query))
    rows = asked.narrow(Job.objects.all())
    return {job.kind for job in bulk.picked(asked, rows, **{"most": 3, **options})}


def test_rows_are_picked_by_ticks_by_page_or_all():
    a, b, c = make("a", "b", "c", state="done")
    [other] = make("other")

    assert picked(f"row={a.pk}&row={c.pk}&state=done") == {"a", "c"}
    assert picked(f"which=page&shown={a.pk},{b.pk}") == {"a", "b"}
    assert picked("which=all&state=done") == {"a", "b", "c"}
    assert picked(f"row={a.pk}&row={other.pk}&state=done") == {"a"}
    for query in ("", "row=x", f"row={9**25}", f"row={other.pk}&state=done", "which=all&q=z"):
        with pytest.raises(bulk.NothingPicked):
            picked(query)
    with pytest.raises(bulk.TooManyPicked):
        picked("which=all")


def test_the_bar_offers_all_rows_or_says_how_many_are_too_many():
    make("a", "b", "c")
    assert "all <bdi>3</bdi> rows that match" in html(listing())
    make("d")
    assert "More than <bdi>3</bdi> rows match" in html(listing())
    without = replace(TABLE, actions=()).asked(QueryDict(""))
    assert 'name="row"' not in html(Listing(without, Job.objects.all(), shape=shape))


def test_a_count_that_is_known_is_not_counted_again(django_assert_num_queries):
    make("a", "b")

    with django_assert_num_queries(1):
        found = listing(count=7)

    assert (found.matching.count, found.matching.is_more) == (3, True)


def test_a_form_that_is_sent_twice_works_once_and_each_row_has_an_outcome():
    jobs = make("a", "b")
    calls = []

    def work(keys):
        calls.append(keys)
        return [bulk.Outcome(key, str(key), key == jobs[0].pk, "as told") for key in keys]

    token, keys = uuid4(), [job.pk for job in jobs]
    for _ in range(2):
        bulk.once("job.stop", token=token, by=7, keys=keys, work=work, real_now=NOON)

    assert calls == [keys]
    found = bulk.outcomes("job.stop", token=token, by=7)
    assert [(one.key, one.is_done) for one in found] == [(keys[0], True), (keys[1], False)]
    for wrong in ({"by": 8}, {"token": uuid4()}):
        with pytest.raises(Http404):
            bulk.outcomes("job.stop", **{"token": token, "by": 7, **wrong})


def test_work_that_fails_keeps_nothing():
    def work(keys):
        Job.objects.create(kind="half", key="half", due_at=NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bulk.once("job.stop", token=uuid4(), by=7, keys=[1], work=work, real_now=NOON)

    assert not Job.objects.exists()


def test_a_confirmed_form_carries_keys_and_nothing_else():
    plan = bulk.Plan([bulk.Intent(3, "a"), bulk.Intent(4, "b", "It is done.")])

    assert [one.name for one in plan.changing] == ["a"]
    assert [one.name for one in plan.staying] == ["b"]
    sent = bulk.ConfirmForm({"token": uuid4(), "rows": plan.form.initial["rows"]})
    assert sent.is_valid() and sent.cleaned_data["rows"] == [3, 4]
    assert not bulk.ConfirmForm({"token": uuid4(), "rows": "x,-1"}).is_valid()
