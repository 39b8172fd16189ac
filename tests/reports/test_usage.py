"""The usage explorer: bars that add up, days of clock changes, what is marked, and who may look."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.http import Http404
from django.urls import reverse

from core.charts import Mark
from core.money import from_minor
from core.periods import Period, local_day, local_month
from meters.models import Channel, MeterInstallation
from meters.readings import Quality, Slots, store_slots
from reports.usage.asked import Against, Asked, By
from reports.usage.explorer import State, explore
from reports.usage.money import DIGITS
from reports.usage.spans import Span, Step
from statements.models import StatementCoverage
from tariffs.models import Plan
from tests.accounts.factories import make_account, make_user
from tests.statements.factories import (
    FLAT,
    NOVEMBER,
    OCTOBER,
    SLABS,
    TIME,
    WATER,
    ZONE,
    bill,
    bundle,
    estimate,
    make_home,
    make_service,
    make_version,
    make_world,
    read_steadily,
    read_values,
    run_month,
)
from tests.statements.test_pages import holder_of, words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
IN_DECEMBER = datetime(2026, 12, 5, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
BANDS_AND_SLABS = {
    **TIME,
    "code": "home-both",
    "charges": [
        {
            "code": "energy",
            "name": "Energy",
            "kind": "energy",
            "unit": "kWh",
            "slabs_with_time": "proportional",
            "prices": [
                {
                    "season": season,
                    "band": band,
                    "slabs": [{"up_to": 100, "price": low}, {"price": high}],
                }
                for season in ("summer", "winter")
                for band, low, high in (("peak", "0.3", "0.4"), ("off-peak", "0.1", "0.2"))
            ],
        }
    ],
}


@pytest.fixture(autouse=True)
def world(monkeypatch):
    make_world()
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def uneven(period: Period, interval_s=3600):
    """Return values of which no two neighbours are alike."""
    return np.arange(period.seconds // interval_s) * 37 % 900 + 100


def home(definition=FLAT, *, months=(OCTOBER,), billed=True, **options):
    """Return a home with uneven readings of whole months, and the bill of the first."""
    service = make_home(definition, **options)
    for month in months:
        read_values(service.channel, month, uneven(month, service.channel.interval_s))
    return service, bill(service) if billed else None


def look(at, *, now=NOW, **asked):
    return explore(at.agreement.account, Asked(**asked), now=now)


def billed_units(statement, charge="energy"):
    return sum(line.quantity for line in statement.lines.filter(charge=charge))


def total(page):
    return sum(figure.units for figure in page.figures)


@pytest.mark.parametrize("definition", [FLAT, SLABS, TIME])
@pytest.mark.parametrize("step", [Step.DAY, Step.MONTH, Step.PERIOD])
def test_the_bars_of_a_billed_period_add_up_to_what_was_billed(definition, step):
    service, statement = home(definition)

    page = look(service, step=step, on=date(2026, 10, 5))

    assert total(page) == billed_units(statement) == uneven(OCTOBER).sum()
    assert {f.is_billed for f in page.figures if f.is_known} == {True}
    assert page.billed_state == "billed"


def test_days_by_the_hour_add_up_too():
    service, statement = home(TIME)

    days = [look(service, step=Step.HOUR, on=date(2026, 10, n)) for n in range(1, 32)]

    assert sum(total(day) for day in days) == billed_units(statement)


def test_what_was_billed_stays_when_readings_are_corrected_later():
    service, statement = home()
    store_slots(
        [Slots(service.channel.pk, OCTOBER.starts_at, 3600, np.array([9000], np.int64))],
        source="hand",
        recorded_at=NOW,
        decided=True,
        reason="wrong",
    )

    page = look(service, on=date(2026, 10, 5))

    assert total(page) == billed_units(statement)
    assert page.was_corrected


def test_a_bill_that_was_taken_back_leaves_its_days_provisional():
    service, statement = home()
    StatementCoverage.objects.filter(statement=statement).update(live=False)

    page = look(service, on=date(2026, 10, 5))

    assert page.billed_state == "provisional"
    assert all(Mark.PROVISIONAL in figure.mark for figure in page.figures)


@pytest.mark.parametrize(
    ("day", "hours", "names"),
    [
        (date(2026, 11, 1), 25, ["1:00 AM EDT", "1:00 AM EST"]),
        (date(2026, 3, 8), 23, ["1:00 AM EST", "3:00 AM EDT"]),
    ],
)
def test_days_on_which_the_clocks_change_have_their_own_hours(day, hours, names):
    service = make_home()
    whole = local_day(day, ZONE)
    read_values(service.channel, whole, uneven(whole))

    page = look(service, step=Step.HOUR, on=day)
    month = look(service, on=day)

    told = [figure.bucket.about.replace("\u202f", " ") for figure in page.figures]
    assert len(told) == len(set(told)) == hours
    assert all(any(each.startswith(name) for each in told) for name in names)
    assert not any(each.startswith("2:00 AM") for each in told) or hours == 25
    (changed,) = [f for f in month.figures if f.bucket.note]
    assert changed.bucket.note == f"{hours} hours: the clocks change"
    assert changed.units == total(page) == uneven(whole).sum()


def test_days_are_those_of_the_place():
    service = make_home()
    tokyo = ZoneInfo("Asia/Tokyo")
    service.agreement.usage_point.location.zone_name = tokyo.key
    service.agreement.usage_point.location.save()
    day = local_day(date(2026, 10, 7), tokyo)
    read_steadily(service.channel, day, 100)

    page = look(service, on=date(2026, 10, 7))

    assert [f.units for f in page.figures if f.is_known] == [2400]
    assert page.figures[6].units == 2400


def test_a_place_whose_days_begin_at_half_past_can_be_read():
    service = make_home()
    service.agreement.usage_point.location.zone_name = "Asia/Kolkata"
    service.agreement.usage_point.location.save()
    read_steadily(service.channel, OCTOBER, 100)

    page = look(service, on=date(2026, 10, 7))

    assert total(page) == 100 * (24 * 31 - 9)  # nine hours of its November were read


def test_bands_of_the_tariff_are_stacked_from_cheap_to_dear():
    service, statement = home(TIME)

    page = look(service, on=date(2026, 10, 5))

    assert page.bands.names == ["off-peak", "peak"]
    by_band = np.array([figure.by_band for figure in page.figures]).sum(axis=0).tolist()
    lines = statement.lines.filter(charge="energy")
    billed = {name: 0 for name in page.bands.names}
    for line in lines:
        billed[line.params["band"]] += line.quantity
    assert by_band == list(billed.values())
    assert page.chart.head == ["Off-peak", "Peak", "Together"]
    assert "of it fell into the dearest hours (peak)" in " ".join(page.sentences)


def test_a_tariff_without_bands_has_one_series():
    service, _ = home(FLAT)

    assert look(service, on=date(2026, 10, 5)).chart.head == ["Used"]


def test_what_is_estimated_edited_missing_or_doubted_is_marked_with_its_reason():
    service = make_home()
    start = OCTOBER.starts_at
    estimate(service.channel, start, 24)
    for day, quality in ((1, Quality.SUBSTITUTED), (2, Quality.SUSPECT)):
        values = np.full(24, 500, np.int64)
        store_slots(
            [Slots(service.channel.pk, start + day * 24 * HOUR, 3600, values, quality)],
            source="test",
            recorded_at=NOW,
        )
    read_steadily(service.channel, Period(start + 96 * HOUR, start + 120 * HOUR))

    first, second, third, fourth, fifth, *_ = look(service, on=date(2026, 10, 5)).figures

    assert Mark.ESTIMATED in first.mark and first.units == 12_000
    assert Mark.EDITED in second.mark
    assert Mark.MISSING in third.mark and third.note == "We are checking a reading"
    assert third.units == 0 and not third.is_known
    assert fourth.note == "The meter sent no readings for a part of it"
    assert fifth.mark == Mark.PROVISIONAL


def test_time_without_a_meter_says_so():
    service = make_home()
    MeterInstallation.objects.update(starts_at=OCTOBER.starts_at + 48 * HOUR)
    read_steadily(service.channel, Period(OCTOBER.starts_at + 48 * HOUR, OCTOBER.ends_at))

    first, _, third, *_rest = look(service, on=date(2026, 10, 5)).figures

    assert first.note == "No meter was installed for a part of it" and Mark.MISSING in first.mark
    assert third.note == "" and third.units == 12_000


def test_the_newest_hours_are_awaited_and_hours_ahead_are_empty():
    service = make_home()
    until = NOW - 6 * HOUR
    read_steadily(service.channel, Period(OCTOBER.starts_at, until))

    page = look(service, step=Step.HOUR)
    day = look(service).figures[9]

    assert page.data_until == until
    assert page.span.first == date(2026, 11, 10)
    assert [f.note for f in page.figures[4:10]] == ["Not all readings are in yet"] * 6
    assert not any(f.is_known or f.note for f in page.figures[10:])
    assert page.chart.rows[20].cells == ("–",)
    assert day.note == "Not all readings are in yet" and Mark.MISSING not in day.mark
    assert "so far" in page.finding


def test_a_silence_of_days_is_a_gap():
    service = make_home()
    read_steadily(service.channel, Period(OCTOBER.starts_at, OCTOBER.starts_at + 24 * HOUR))

    page = look(service, on=date(2026, 11, 2))

    assert Mark.MISSING in page.figures[4].mark
    assert page.finding == "November 2026: no figures yet."


def test_two_meters_of_one_place_follow_each_other():
    service = make_home()
    middle = OCTOBER.starts_at + 10 * 24 * HOUR
    MeterInstallation.objects.update(ends_at=middle)
    read_steadily(service.channel, Period(OCTOBER.starts_at, middle), 100)
    quick = make_service(service.agreement.account, FLAT, interval_s=900)
    MeterInstallation.objects.filter(meter=quick.channel.meter).update(
        usage_point=service.agreement.usage_point, starts_at=middle
    )
    read_steadily(quick.channel, Period(middle, OCTOBER.ends_at), 25)

    page = look(service, service=service.agreement.usage_point.code, on=date(2026, 10, 5))

    assert [figure.units for figure in page.figures] == [2400] * 31


def test_each_metered_service_has_its_tab_and_what_is_fed_back_too():
    service = make_home()
    make_service(service.agreement.account, WATER)
    fed = Channel.objects.create(
        meter=service.channel.meter, quantity="export", unit="Wh", interval_s=3600
    )
    read_steadily(fed, OCTOBER, 200)

    page = look(service)
    export = look(service, service=page.services[1].key, on=date(2026, 10, 5))

    told = [each.word for each in page.services]
    assert told == ["Electricity", "Electricity fed back", "Water"]
    assert export.finding.startswith("October 2026: you fed back 148.8")
    assert look(service, service=page.services[2].key).service.unit == "m3"


def test_a_service_of_somebody_else_is_not_found():
    mine, theirs = make_home(), make_home()

    with pytest.raises(Http404):
        look(mine, service=theirs.agreement.usage_point.code)


def test_time_before_and_a_year_before_are_compared_in_equal_parts():
    service = make_home()
    september = local_month(2026, 9, ZONE)
    year_before = local_month(2025, 10, ZONE)
    for month, each in ((OCTOBER, 450), (september, 500), (year_before, 300)):
        read_steadily(service.channel, month, each)

    before = look(service, on=date(2026, 10, 5), against=Against.BEFORE)
    year = look(service, on=date(2026, 10, 5), against=Against.YEAR)

    assert before.finding == "October 2026: you used 334.8 kWh. 10% less than in the time before."
    assert before.chart.head == ["Used", "Compared with: September 2026"]
    assert before.chart.rows[0].cells == ("10.8 kWh", "12 kWh")
    assert before.chart.rows[30].cells == ("10.8 kWh", "–")  # September has no 31st
    assert year.finding.endswith("50% more than a year before.")


def test_what_has_too_few_counterparts_is_not_compared_in_words():
    service = make_home()
    september = local_month(2026, 9, ZONE)
    read_steadily(service.channel, OCTOBER, 450)
    read_steadily(service.channel, Period(september.ends_at - 240 * HOUR, september.ends_at), 500)

    page = look(service, on=date(2026, 10, 5), against=Against.BEFORE)

    assert page.finding == "October 2026: you used 334.8 kWh."


def test_hours_are_compared_by_the_clock_on_the_wall():
    service = make_home()
    for day in (date(2026, 10, 31), date(2026, 11, 1)):
        whole = local_day(day, ZONE)
        read_values(service.channel, whole, np.arange(whole.seconds // 3600) + 1)

    page = look(service, step=Step.HOUR, on=date(2026, 11, 1), against=Against.BEFORE)

    last = page.chart.rows[-1].cells
    assert last == ("0.025 kWh", "0.024 kWh")  # eleven at night on both days
    assert page.chart.rows[2].cells == ("0.003 kWh", "–")  # the hour that comes twice


@pytest.mark.parametrize("definition", [FLAT, SLABS, TIME])
@pytest.mark.parametrize("step", [Step.DAY, Step.WEEK])
def test_money_of_days_adds_up_to_the_energy_lines_of_the_bill(definition, step):
    service, statement = home(definition)

    page = look(service, step=step, by=By.MONEY, own=Span(date(2026, 10, 1), date(2026, 10, 31)))

    amounts = sum(figure.amount for figure in page.figures)
    exact = sum(
        Decimal(line.quantity) / line.quantity_scale * Decimal(line.unit_price).scaleb(-8)
        for line in statement.lines.filter(charge="energy")
    )
    assert Decimal(amounts).scaleb(-DIGITS) == exact
    lines = list(statement.lines.filter(charge="energy"))
    assert abs(exact - from_minor(sum(line.amount_minor for line in lines), "USD")) <= Decimal(
        "0.005"
    ) * len(lines)


def test_slabs_are_climbed_in_order_of_time():
    service = make_home(SLABS)
    read_steadily(service.channel, OCTOBER, 1000)  # 24 kWh a day

    page = look(service, by=By.MONEY, on=date(2026, 10, 5))

    told = [Decimal(figure.amount).scaleb(-DIGITS) for figure in page.figures]
    assert told[0] == 24 * Decimal("0.05")
    assert told[4] == 4 * Decimal("0.05") + 20 * Decimal("0.08")  # 96 kWh before it
    assert told[30] == 24 * Decimal("0.12")


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(minutes=7, microseconds=3)])
def test_slabs_of_the_open_month_are_those_of_the_whole_month(now):
    service = make_home(SLABS)
    read_steadily(service.channel, Period(NOVEMBER.starts_at, NOW), 1000)

    page = look(service, by=By.MONEY, now=now)

    told = [Decimal(f.amount).scaleb(-DIGITS) for f in page.figures if f.amount is not None]
    assert told[0] == 25 * Decimal("0.05")  # the clocks go back
    assert told[4] == 3 * Decimal("0.05") + 21 * Decimal("0.08")  # 97 kWh before it
    assert page.billed_state == "provisional"


def test_a_tariff_of_fixed_charges_beside_it_changes_nothing():
    service = make_home(TIME)
    fixed = {**FLAT, "code": "service", "charges": FLAT["charges"][1:]}
    both = [make_version(TIME).tariff, make_version(fixed).tariff]
    assigned = service.agreement.plans.get()
    assigned.plan_version = bundle(Plan.objects.create(code="two", name="Two"), both)
    assigned.save()
    read_steadily(service.channel, OCTOBER, 500)

    page = look(service, by=By.MONEY, on=date(2026, 10, 5))

    assert page.state is State.SHOWN


def test_what_nothing_prices_has_no_amounts(client):
    service = make_home()
    fed = Channel.objects.create(
        meter=service.channel.meter, quantity="export", unit="Wh", interval_s=3600
    )
    read_steadily(fed, OCTOBER, 200)
    key = f"{service.agreement.usage_point.code}.export"
    client.force_login(holder_of(service.agreement.account))

    page = look(service, service=key, by=By.MONEY, on=date(2026, 10, 5))
    query = {"service": key, "by": "money", "on": "2026-10-05"}
    url = reverse("reports:usage", args=[service.agreement.account.number])
    text = words(client.get(url, query).content.decode())

    assert page.state is State.NOT_PRICED
    assert "No tariff prices all of this use" in text


def test_bands_are_shown_although_the_readings_reach_further():
    service, _ = home(TIME, months=(OCTOBER, NOVEMBER))

    page = look(service, on=date(2026, 10, 5), now=IN_DECEMBER)

    assert page.bands.names == ["off-peak", "peak"]
    assert total(page) == sum(sum(figure.by_band) for figure in page.figures)


def test_an_hour_costs_what_its_band_costs():
    service = make_home(TIME)
    read_steadily(service.channel, OCTOBER, 500)

    page = look(service, step=Step.HOUR, by=By.MONEY, on=date(2026, 10, 20))

    assert page.chart.rows[3].cells == ("$0.045",)
    assert page.chart.rows[17].cells == ("$0.14",)
    assert page.billed_state == "provisional"


def test_slabs_that_bands_share_have_no_amounts_of_days_and_the_page_says_so(client):
    service, statement = home(BANDS_AND_SLABS)

    day = look(service, by=By.MONEY, on=date(2026, 10, 5))
    month = look(service, by=By.MONEY, step=Step.MONTH, on=date(2026, 10, 5))

    assert day.state is State.NOT_EXACT and day.chart is None
    assert [f.amount for f in month.figures if f.amount] == [statement.net_minor]
    client.force_login(holder_of(statement))
    text = words(ask(client, service, by="money", on="2026-10-05").content.decode())
    assert "we cannot say what your use cost" in text


@pytest.mark.parametrize("step", [Step.MONTH, Step.PERIOD, Step.YEAR])
def test_money_of_whole_bills_is_what_the_bills_say(step):
    service, statement = home(SLABS, months=(OCTOBER, NOVEMBER))

    page = look(service, step=step, by=By.MONEY, on=date(2026, 10, 5), now=IN_DECEMBER)

    amounts = [figure.amount for figure in page.figures if figure.amount is not None]
    assert amounts == [statement.net_minor]
    assert "Not billed yet" in [row.note for row in page.chart.rows] or step is Step.YEAR


FEED_IN = {"code": "fed", "name": "Fed in", "kind": "energy", "unit": "kWh", "price": "0.05"}


@pytest.mark.parametrize("is_priced", [True, False])
@pytest.mark.parametrize("step", [Step.MONTH, Step.PERIOD, Step.YEAR])
def test_what_is_fed_back_has_its_own_charges_alone(step, is_priced):
    """223.2 kWh x 0.05 = 11.16; the rest of the bill is what was drawn."""
    fed = [{**FEED_IN, "source": "export"}] if is_priced else []
    charges = [*FLAT["charges"], *fed]
    service = make_home({**FLAT, "code": "home-fed", "charges": charges})
    export = Channel.objects.create(
        meter=service.channel.meter, quantity="export", unit="Wh", interval_s=3600
    )
    for channel, each in ((service.channel, 500), (export, 300)):
        read_steadily(channel, OCTOBER, each)
    statement = bill(service)
    asked = {"step": step, "by": By.MONEY, "on": date(2026, 10, 5)}

    drawn = look(service, **asked)
    back = look(service, service=f"{drawn.asked.service}.export", **asked)

    one, other = (
        [figure.amount for figure in page.figures if figure.amount is not None]
        for page in (drawn, back)
    )
    assert one == [statement.net_minor - (1116 if is_priced else 0)]
    assert (other, back.state) == (([1116], State.SHOWN) if is_priced else ([], State.NOT_PRICED))


def test_a_register_that_is_only_read_at_the_ends_has_billing_periods_alone():
    service = make_home(WATER)
    Channel.objects.filter(pk=service.channel.pk).update(is_register_only=True)
    total_read = read_steadily(service.channel, OCTOBER, 300)
    bill(service)

    page = look(service)

    assert page.steps == [Step.PERIOD]
    assert total(page) == total_read


def test_an_agreement_in_the_middle_of_the_month_shows_its_own_days():
    service = make_home(starts_at=OCTOBER.starts_at + 9 * 24 * HOUR)
    read_steadily(service.channel, OCTOBER)

    page = look(service, on=date(2026, 10, 5))

    assert [f.units for f in page.figures] == [0] * 9 + [12_000] * 22
    assert not any(f.note for f in page.figures[:9])


@pytest.mark.parametrize("days", [0, 40])
def test_without_readings_the_page_says_when_the_first_come(client, days):
    service = make_home(starts_at=NOW - timedelta(days=days))
    client.force_login(holder_of(service.agreement.account))

    text = words(ask(client, service).content.decode())

    assert ("We expect the first ones on November 11, 2026" in text) is (days == 0)
    assert ("although we expected" in text) is (days == 40)


def test_an_account_without_a_meter_says_so(client):
    account = make_account()
    client.force_login(holder_of(account))

    page = client.get(reverse("reports:usage", args=[account.number]))

    assert "No meter is connected" in words(page.content.decode())


def ask(client, service, name="reports:usage", headers=None, **query):
    url = reverse(name, args=[service.agreement.account.number])
    return client.get(url, query, headers=headers or {})


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "2026-01-01", "to": "2026-10-31", "step": "hour"}, "7 days at most"),
        ({"from": "2026-10-03", "to": "2026-10-01"}, "The last day lies before the first."),
        ({"from": "2026-10-03"}, "Say up to which day."),
        ({"to": "2026-10-03"}, "Say from which day."),
        ({"from": "x", "to": "2026-10-03"}, "Enter a valid date"),
        ({"from": "1900-01-01", "to": "1900-01-02"}, "We have no readings of that year."),
        ({"step": "century"}, "not complete"),
    ],
)
def test_what_cannot_be_shown_is_said(client, query, said):
    service = make_home()
    client.force_login(holder_of(service.agreement.account))

    page = ask(client, service, **query)

    assert page.status_code == 422
    assert said in words(page.content.decode())


def test_too_long_a_range_leads_to_longer_steps(client):
    service = make_home()
    client.force_login(holder_of(service.agreement.account))

    page = ask(client, service, **{"from": "2026-01-01", "to": "2026-03-20", "step": "hour"})

    assert "?from=2026-01-01&amp;to=2026-03-20" in page.content.decode()


def test_the_page_holds_chart_table_links_and_freshness(client):
    service, statement = home(TIME)
    client.force_login(holder_of(statement))

    page = ask(client, service, on="2026-10-05").content.decode()

    assert page.count("<svg") >= 2 and page.count('<th scope="row">') == 31
    assert "step=hour" in page and "by=money" in page and "against=before" in page
    text = words(page)
    assert "Data up to November 1, 2026" in text and "Billed" in text
    assert f"you used {billed_units(statement) / 1000:,.3f}".rstrip("0") in text


def test_a_part_is_answered_to_htmx_and_says_its_finding(client):
    service, statement = home()
    client.force_login(holder_of(statement))

    part = ask(client, service, headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode() and "graph-svg" in part.content.decode()
    assert "you used" in part["HX-Trigger"] or "no figures" in part["HX-Trigger"]


def test_the_file_has_a_line_for_each_bar_and_adds_up(client):
    service, statement = home(TIME)
    client.force_login(holder_of(statement))

    answer = ask(client, service, "reports:usage_sheet", on="2026-10-05")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(text)))
    assert head[:5] == [
        "From", "Up to, not included", "Used (kWh)", "off-peak (kWh)", "peak (kWh)",
    ]  # fmt: skip
    assert len(lines) == 31
    assert sum(Decimal(line[2]) for line in lines) == Decimal(billed_units(statement)) / 1000
    assert all(Decimal(line[2]) == Decimal(line[3]) + Decimal(line[4]) for line in lines)
    assert lines[0][0] == "2026-10-01T00:00:00-04:00" and lines[0][5] == "billed"


@pytest.mark.parametrize("name", ["reports:usage", "reports:usage_sheet"])
def test_foreign_accounts_are_not_found_and_strangers_sign_in(client, name):
    service = make_home()
    stranger = ask(client, service, name)
    client.force_login(make_user())

    assert ask(client, service, name).status_code == 404
    assert stranger.status_code == 302 and "login" in stranger["Location"]


@pytest.mark.parametrize("homes", [1, 3])
@pytest.mark.parametrize("query", [{}, {"step": "month"}, {"against": "year", "by": "money"}])
def test_the_page_takes_a_constant_number_of_queries(
    client, homes, query, django_assert_max_num_queries
):
    service = make_home(TIME)
    account = service.agreement.account
    more = [make_service(account, TIME, location=None) for _ in range(homes - 1)]
    for each in (service, *more):
        for month in (OCTOBER, NOVEMBER):
            read_steadily(each.channel, month)
    run_month("2026-10", as_of=NOW)
    if homes == 3:
        run_month("2026-11", as_of=IN_DECEMBER)
    client.force_login(holder_of(account))
    ask(client, service, **query)

    with django_assert_max_num_queries(26):
        page = ask(client, service, on="2026-10-05", **query)

    assert "graph-svg" in page.content.decode()
