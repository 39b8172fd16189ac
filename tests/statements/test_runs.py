"""Closing a month: what is billed, what is parked, and that doing it again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User
from core import clock
from core.integrity import Scope
from core.periods import Period, local_day, local_month
from ledger import queries as ledger
from meters.models import MeterInstallation, ServiceLocation
from notifications.models import Delivery, Notice
from reports import integrity
from statements.models import (
    BillingCycle,
    BillingRun,
    PlanAssignment,
    RunChunk,
    RunItem,
    Statement,
    StatementLine,
)
from statements.operations import decide, work
from statements.operations.plan import BadMonth, plan
from statements.verify import verify
from tariffs.models import TariffVersion, TaxRule
from tests.statements import factories as make
from tests.statements.factories import IN_DECEMBER, IN_NOVEMBER, NOVEMBER, OCTOBER, ZONE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    make.make_world()


@pytest.fixture(autouse=True)
def books_are_clean(world):
    yield
    violated = [r for r in integrity.check(Scope(now=clock.real_now())) if r.violations]
    assert violated == []


def amounts(statement):
    lines = statement.lines.order_by("seq")
    return [(line.charge, line.amount_minor) for line in lines]


def test_a_month_worked_by_hand():
    """
    energy    744 h x 0.500 kWh = 372 kWh x 0.12345 = 45.92 (45.9234)
    standing  one whole period                      =  9.30
    tax       5.25 % of 55.22                       =  2.90 (2.89905)
    """
    statement = make.make_bill()

    assert amounts(statement) == [("energy", 45_92), ("standing", 9_30), ("sales-tax", 2_90)]
    assert (statement.net_minor, statement.tax_minor, statement.total_minor) == (5522, 290, 5812)
    assert statement.number == "B-2026-000001"
    assert ledger.balance(statement.account_id, "USD").balance == 58_12
    assert [n.key for n in Notice.objects.all()] == [f"statement.issued:{statement.pk}"]


def test_the_month_in_which_the_clocks_go_back_has_721_hours():
    service = make.make_home()
    make.read_steadily(service.channel, NOVEMBER, 1000)

    statement = make.bill(service, "2026-11", as_of=IN_DECEMBER)

    assert statement.lines.get(charge="energy").quantity == 721_000


def test_a_first_bill_for_part_of_a_period_takes_its_share():
    """Standing charge: 15 of 31 days of 9.30 = 4.50; energy from the 17th on."""
    start = local_day(datetime(2026, 10, 17).date(), ZONE).starts_at
    service = make.make_home(starts_at=start)
    make.read_steadily(service.channel, OCTOBER, 1000)

    statement = make.bill(service)

    assert statement.starts_at == start
    assert statement.lines.get(charge="energy").quantity == 15 * 24 * 1000
    assert statement.lines.get(charge="standing").amount_minor == 4_50


def test_zero_use_is_a_bill_with_its_standing_charge():
    statement = make.make_bill(each=0)

    assert amounts(statement) == [("standing", 9_30), ("sales-tax", 49)]


def test_a_number_carries_the_year_of_the_utilitys_own_clock():
    """Two in the morning of the first of January in UTC is still the year before in New York."""
    service = make.make_home()
    make.read_steadily(service.channel, NOVEMBER)

    statement = make.bill(service, "2026-11", as_of=datetime(2027, 1, 1, 2, tzinfo=UTC))

    assert (statement.number, str(statement.issue_date)) == ("B-2026-000001", "2026-12-31")


def test_the_next_bill_shows_the_balance_before_and_what_was_paid():
    from payments.operations import record_counter_payment

    service = make.make_home()
    make.read_steadily(service.channel, OCTOBER)
    first = make.bill(service)
    record_counter_payment(
        service.agreement.account,
        amount_minor=60_00,
        reference="R-1",
        received_on=datetime(2026, 11, 20).date(),
        actor=User.objects.create_user("cashier@example.org", is_staff=True),
    )
    make.read_steadily(service.channel, NOVEMBER)

    second = make.bill(service, "2026-11", as_of=IN_DECEMBER)

    assert (first.previous_minor, first.payments_minor, first.amount_due_minor) == (0, 0, 58_12)
    assert (second.previous_minor, second.payments_minor) == (58_12, -60_00)
    assert second.amount_due_minor == -1_88 + second.total_minor


def test_planning_and_working_again_changes_nothing():
    service = make.make_home()
    make.read_steadily(service.channel, OCTOBER)
    make.run_month()
    before = (Statement.objects.count(), StatementLine.objects.count(), Delivery.objects.count())

    run = make.run_month()

    assert run.sequence == 2
    assert run.state == BillingRun.State.COMPLETED
    assert RunItem.objects.filter(run=run).count() == 0
    assert before == (
        Statement.objects.count(),
        StatementLine.objects.count(),
        Delivery.objects.count(),
    )


def test_planning_twice_gives_the_same_run_and_the_same_items():
    service = make.make_home()
    make.read_steadily(service.channel, OCTOBER)
    cycle = BillingCycle.objects.get()

    first = plan(cycle, "2026-10", as_of=IN_NOVEMBER, started_by="system")
    second = plan(cycle, "2026-10", as_of=IN_NOVEMBER, started_by="system")

    assert first.pk == second.pk
    assert RunItem.objects.count() == 1


MALFORMED = ["2026-13", "26-10", "2026-1", "october", "2026/10", "2026-00"]
NO_YEAR = ["0000-01", "0001-01", "9999-12", "²²²²-10", "٢٠٢٦-١٠"]


@pytest.mark.parametrize("month", MALFORMED + NO_YEAR)
def test_a_malformed_month_is_refused(month):
    with pytest.raises(BadMonth, match="is not a month"):
        plan(BillingCycle.objects.get(), month, as_of=IN_NOVEMBER, started_by="system")


def test_a_moment_that_no_calendar_holds_is_refused():
    with pytest.raises(CommandError, match="out of range"):
        call_command("run_billing", period="2026-10", as_of="9999-12-31T23:59-05:00")


def test_a_month_that_has_not_ended_is_refused():
    with pytest.raises(BadMonth, match="has not ended"):
        plan(BillingCycle.objects.get(), "2026-11", as_of=IN_NOVEMBER, started_by="system")


# --- one bad account never stops a run


def parked(run):
    return dict(
        RunItem.objects.filter(run=run, state=RunItem.State.PARKED).values_list(
            "account_id", "error_code"
        )
    )


def home_with_reads(definition=make.FLAT, **options):
    service = make.make_home(definition, **options)
    make.read_steadily(service.channel, OCTOBER)
    return service


def break_plan(service):
    PlanAssignment.objects.filter(agreement=service.agreement).delete()


def break_plan_in_the_middle(service):
    middle = datetime(2026, 10, 10, 4, tzinfo=UTC)
    PlanAssignment.objects.filter(agreement=service.agreement).update(ends_at=middle)


def break_reads(service):
    from meters.models import ReadingBlock

    ReadingBlock.objects.filter(channel=service.channel, day="2026-10-15").delete()


def break_quality(service):
    from meters.models import ReadingBlock

    ReadingBlock.objects.filter(channel=service.channel, day="2026-10-15").update(status=b"X")


def break_meter(service):
    middle = datetime(2026, 10, 10, 4, tzinfo=UTC)
    MeterInstallation.objects.filter(meter=service.channel.meter).update(ends_at=middle)


def break_zone(service):
    locations = ServiceLocation.objects.filter(usage_points__agreements=service.agreement)
    locations.update(zone_name="Mars/Olympus")


def break_currency(service):
    account = service.agreement.account
    account.currency = "EUR"
    account.save()


@pytest.mark.parametrize(
    ("breaking", "code"),
    [
        (break_plan, "no_plan"),
        (break_plan_in_the_middle, "no_plan"),
        (break_reads, "missing_reads"),
        (break_quality, "suspect_reads"),
        (break_meter, "no_meter"),
        (break_zone, "bad_zone"),
        (break_currency, "currency_mismatch"),
    ],
)
def test_a_broken_account_is_parked_with_its_reason_and_the_others_are_billed(breaking, code):
    good, bad = home_with_reads(), home_with_reads()
    breaking(bad)

    run = make.run_month()

    assert run.state == BillingRun.State.COMPLETED_WITH_EXCEPTIONS
    assert parked(run) == {bad.agreement.account_id: code}
    assert Statement.objects.get().account_id == good.agreement.account_id


def test_hours_that_no_local_day_ends_with_park_the_account_by_name():
    home = make.make_home()
    make.read_steadily(home.channel, OCTOBER)
    ServiceLocation.objects.update(zone_name="Asia/Kathmandu")

    run = make.run_month()

    assert parked(run) == {home.agreement.account_id: "off_bounds"}


def test_who_moves_to_another_zone_between_two_months_is_billed():
    """The month before ended in New York on the day on which October began in Chicago."""
    left = make.make_home(ends_at=OCTOBER.starts_at)
    chicago = ZoneInfo("America/Chicago")
    place = ServiceLocation.objects.create(
        code="L-new", address_line="2 Lake", city="Gary", zone_name=chicago.key
    )
    october = local_month(2026, 10, chicago)
    home = make.make_service(
        left.agreement.account,
        {**make.FLAT, "code": "west", "name": "West", "zone": chicago.key},
        location=place,
        starts_at=october.starts_at,
    )
    make.read_steadily(home.channel, october)

    run = make.run_month()

    assert parked(run) == {}
    assert Statement.objects.get().zone_name == chicago.key


def test_an_agreement_entered_after_the_run_is_billed_by_the_next_one():
    first = home_with_reads()
    make.run_month()
    late = make.make_service(first.agreement.account, make.WATER)
    make.read_steadily(late.channel, OCTOBER, 10)

    make.run_month()
    again = make.run_month()

    assert not again.items.exists()
    covered = [s.coverage.get().agreement_id for s in Statement.objects.order_by("pk")]
    assert covered == [first.agreement.pk, late.agreement.pk]


def test_a_tariff_with_a_hole_parks_its_accounts_and_names_the_day():
    good = home_with_reads()
    bad = home_with_reads({**make.FLAT, "code": "ends", "name": "Ends", "to": "2026-10-20"})
    TariffVersion.objects.filter(tariff__code="ends").update(ends_on="2026-10-20")

    run = make.run_month()

    item = RunItem.objects.get(run=run, state=RunItem.State.PARKED)
    assert (item.account_id, item.error_code) == (bad.agreement.account_id, "tariff_gap")
    assert item.error == "tariff ends on 2026-10-20"
    assert Statement.objects.get().account_id == good.agreement.account_id


def test_the_reason_for_missing_reads_names_channel_and_moment():
    service = home_with_reads()
    break_reads(service)

    make.run_month()

    assert RunItem.objects.get().error == (
        f"channel {service.channel.pk}: 24 slots, the first at 2026-10-15T00:00:00+00:00"
    )


def test_a_parked_account_is_billed_once_its_reads_are_there():
    _, bad = home_with_reads(), home_with_reads()
    break_reads(bad)
    run = make.run_month()
    day = datetime(2026, 10, 15, tzinfo=UTC)
    make.estimate(bad.channel, day, 24)

    assert decide.retry_parked(run, actor=None) == 1
    while work.step(run):
        pass

    run.refresh_from_db()
    assert run.state == BillingRun.State.COMPLETED
    assert sorted(Statement.objects.values_list("number", flat=True)) == [
        "B-2026-000001",
        "B-2026-000002",
    ]
    assert Statement.objects.get(account=bad.agreement.account_id).is_estimated


def test_an_engine_that_raises_parks_the_account_alone(settings):
    good, bad = home_with_reads(), home_with_reads()
    settings.FAILPOINTS = f"rate.item=raise@account:{bad.agreement.account_id}"

    run = make.run_month()

    assert parked(run) == {bad.agreement.account_id: "engine_error"}
    assert Statement.objects.get().account_id == good.agreement.account_id


def test_an_account_whose_calculation_keeps_killing_the_worker_is_parked():
    good, bad = home_with_reads(), home_with_reads()
    run = plan(BillingCycle.objects.get(), "2026-10", as_of=IN_NOVEMBER, started_by="system")
    RunItem.objects.filter(account=bad.agreement.account_id).update(attempts=3)
    RunChunk.objects.filter(run=run).update(attempts=4)  # workers died over it before

    make.run_month()

    assert parked(run) == {bad.agreement.account_id: "crashed"}
    assert Statement.objects.get().account_id == good.agreement.account_id


# --- what people decide


def test_a_bill_that_is_mostly_estimated_waits_for_a_person():
    service = make.make_home()
    make.estimate(service.channel, OCTOBER.starts_at, OCTOBER.seconds // 3600)

    run = make.run_month()

    held = Statement.objects.get()
    assert (held.state, held.hold_code) == (Statement.State.HELD, "high_estimate")
    assert run.state == BillingRun.State.COMPLETED_WITH_EXCEPTIONS

    manager = User.objects.create_user("manager@example.org", is_staff=True)
    decide.release(held, reason="The customer knows.", actor=manager)
    while work.step(run) or work.advance(run.pk) not in BillingRun.FINISHED:
        pass

    held.refresh_from_db()
    assert (held.state, held.number) == (Statement.State.ISSUED, "B-2026-000001")


def test_a_bill_far_above_those_before_waits_for_a_person():
    service = make.make_home()
    for month, as_of in ((7, 8), (8, 9), (9, 10)):
        make.read_steadily(service.channel, local_month(2026, month, ZONE), 300)
        make.run_month(f"2026-{month:02d}", as_of=datetime(2026, as_of, 5, 12, tzinfo=UTC))
    make.read_steadily(service.channel, OCTOBER, 9_000)

    run = make.run_month()

    assert run.state == BillingRun.State.COMPLETED_WITH_EXCEPTIONS
    assert Statement.objects.get(run=run).hold_code == "unusual_total"


def test_with_a_second_person_nothing_is_issued_before_the_approval(settings):
    settings.BILLING_APPROVAL = "second_person"
    home_with_reads()
    starter = User.objects.create_user("starter@example.org", is_staff=True)
    approver = User.objects.create_user("approver@example.org", is_staff=True)
    run = make.run_month(started_by=starter.email)
    assert run.state == BillingRun.State.AWAITING_APPROVAL
    assert Statement.objects.get().state == Statement.State.CALCULATED

    with pytest.raises(decide.SecondPersonNeeded):
        decide.approve_run(run, actor=starter)
    decide.approve_run(run, actor=approver)
    while work.step(run) or work.advance(run.pk) not in BillingRun.FINISHED:
        pass

    assert Statement.objects.get().state == Statement.State.ISSUED


def test_with_a_second_person_who_releases_a_bill_does_not_approve_it(settings):
    settings.BILLING_APPROVAL = "second_person"
    service = make.make_home()
    make.estimate(service.channel, OCTOBER.starts_at, OCTOBER.seconds // 3600)
    run = make.run_month(started_by="system")
    held = Statement.objects.get(state=Statement.State.HELD)
    releaser = User.objects.create_user("releaser@example.org", is_staff=True)
    approver = User.objects.create_user("approver@example.org", is_staff=True)

    decide.release(held, reason="The customer knows.", actor=releaser)
    work.advance(run.pk)
    run.refresh_from_db()

    assert run.state == BillingRun.State.AWAITING_APPROVAL
    with pytest.raises(decide.SecondPersonNeeded):
        decide.approve_run(run, actor=releaser)
    decide.approve_run(run, actor=approver)
    while work.step(run) or work.advance(run.pk) not in BillingRun.FINISHED:
        pass
    held.refresh_from_db()
    assert held.state == Statement.State.ISSUED


def test_a_discarded_draft_can_be_billed_again(settings):
    settings.BILLING_APPROVAL = "second_person"
    service = home_with_reads()
    run = make.run_month(started_by="somebody")
    draft = Statement.objects.get()

    decide.discard(draft, reason="Wrong reads", actor=None)

    assert draft.account_id == service.agreement.account_id
    work.advance(run.pk)
    run.refresh_from_db()
    settings.BILLING_APPROVAL = "automatic"
    approver = User.objects.create_user("approver@example.org", is_staff=True)
    decide.approve_run(run, actor=approver)
    work.advance(run.pk)
    make.run_month()
    states = Statement.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["discarded", "issued"]


# --- the command


def test_a_dry_run_prices_everybody_and_writes_nothing(capsys):
    home_with_reads()
    bad = home_with_reads()
    break_plan(bad)

    with pytest.raises(SystemExit) as stopped:
        call_command("run_billing", period="2026-10", as_of=IN_NOVEMBER.isoformat(), dry_run=True)

    printed = capsys.readouterr().out
    assert stopped.value.code == 3
    assert "1 bills" in printed and "total 58.12 USD" in printed and "no_plan" in printed
    assert (BillingRun.objects.count(), Statement.objects.count()) == (0, 0)


@pytest.mark.parametrize("as_of", ["yesterday", "2026-11-05T12:00:00"])
def test_as_of_must_be_a_moment_with_an_offset(as_of):
    with pytest.raises(CommandError, match="--as-of"):
        call_command("run_billing", period="2026-10", as_of=as_of)


def hold(run, statement):
    """Leave a draft as the check of unusual bills leaves it."""
    Statement.objects.filter(pk=statement.pk).update(state="held", hold_code="far_above")
    RunItem.objects.filter(run=run, account=statement.account_id).update(state="held")
    statement.refresh_from_db()


def test_a_released_bill_waits_with_the_others_for_the_approval(settings):
    settings.BILLING_APPROVAL = "second_person"
    for home in (make.make_home(), make.make_home()):
        make.read_steadily(home.channel, OCTOBER)
    run = make.run_month()
    held = run.statements.first()
    hold(run, held)

    decide.release(held, reason="a new pool", actor=make.make_staff("billing_specialist"))
    run = make.run_month()

    assert run.state == BillingRun.State.AWAITING_APPROVAL
    assert {s.state for s in run.statements.all()} == {"calculated"}
    decide.approve_run(run, actor=make.make_staff("billing_manager"))
    work.advance(run.pk)
    run = make.run_month()
    assert run.state == BillingRun.State.COMPLETED
    assert {s.state for s in run.statements.all()} == {"issued"}


def test_a_release_does_not_take_a_run_out_of_its_calculation(monkeypatch):
    monkeypatch.setattr("statements.operations.plan.CHUNK_SIZE", 1)
    for home in (make.make_home(), make.make_home()):
        make.read_steadily(home.channel, OCTOBER)
    cycle = BillingCycle.objects.get(code="monthly")
    run = plan(cycle, "2026-10", as_of=IN_NOVEMBER, started_by="system")
    work.step(run)
    held = run.statements.get()
    hold(run, held)

    decide.release(held, reason="a new pool", actor=make.make_staff("billing_specialist"))

    assert work.advance(run.pk) == BillingRun.State.RATING


def test_a_release_waits_for_a_later_run_of_the_month():
    home = make.make_home()
    make.read_steadily(home.channel, OCTOBER)
    cycle = BillingCycle.objects.get(code="monthly")
    run = plan(cycle, "2026-10", as_of=IN_NOVEMBER, started_by="system")
    work.calculate_chunk(run.chunks.get(), owner="")
    held = run.statements.get()
    hold(run, held)
    make.run_month()
    later = plan(cycle, "2026-10", as_of=IN_NOVEMBER, started_by="system")
    assert later.pk != run.pk

    with pytest.raises(decide.NotNow):
        decide.release(held, reason="a new pool", actor=make.make_staff("billing_specialist"))


# --- segments


def test_a_price_change_in_mid_month_cuts_the_bill_once():
    """Ten days of 24 h x 1 kWh at 0.12345, 21 days at 0.20; the fixed charge once in parts."""
    service = make.make_home()
    make.read_steadily(service.channel, OCTOBER, 1000)
    later = {
        **make.FLAT,
        "from": "2026-10-11",
        "charges": [{**make.FLAT["charges"][0], "price": "0.20"}, make.FLAT["charges"][1]],
    }
    old = service.version
    TariffVersion.objects.filter(pk=old.pk).update(ends_on="2026-10-11")
    from tariffs import engine

    TariffVersion.objects.create(
        tariff=old.tariff,
        number=2,
        state="published",
        rate_type="flat",
        starts_on="2026-10-11",
        currency="USD",
        definition=later,
        digest=engine.parse(later).digest,
        change_summary="Dearer",
        published_at=IN_NOVEMBER,
    )

    statement = make.bill(service)

    energy = statement.lines.filter(charge="energy").order_by("seq")
    assert [(line.quantity, line.amount_minor) for line in energy] == [
        (240_000, 29_63),
        (504_000, 100_80),
    ]
    standing = statement.lines.filter(charge="standing").order_by("seq")
    assert [line.amount_minor for line in standing] == [3_00, 6_30]


def test_a_tax_that_rises_in_mid_month_is_taken_on_each_part_at_its_own_rate():
    """Ten days at 5.25 %, 21 days at 10 %; a fixed charge that is never shared comes once."""
    TaxRule.objects.filter(code="sales-tax").update(ends_on="2026-10-11")
    TaxRule.objects.create(code="sales-tax", name="Sales tax", rate=10, starts_on="2026-10-11")
    charges = [make.FLAT["charges"][0], {**make.FLAT["charges"][1], "proration": "whole"}]
    service = make.make_home({**make.FLAT, "code": "whole", "name": "Whole", "charges": charges})
    make.read_steadily(service.channel, OCTOBER, 1000)

    statement = make.bill(service)

    assert amounts(statement) == [
        ("energy", 29_63),  # 240 kWh
        ("energy", 62_22),  # 504 kWh
        ("standing", 9_30),
        ("sales-tax", 1_56),  # 5.25 % of 29.63
        ("sales-tax", 7_15),  # 10 % of 62.22 + 9.30
    ]


def test_two_commodities_come_on_one_statement_with_tax_on_their_sum():
    account = make.make_account(number="5500000001")
    location = ServiceLocation.objects.create(
        code="L-two", address_line="1 Quay", city="Dover", zone_name=ZONE.key
    )
    power = make.make_service(account, location=location)
    water = make.make_service(account, make.WATER, location=location)
    make.read_steadily(power.channel, OCTOBER, 500)
    make.read_steadily(water.channel, OCTOBER, 10)

    make.run_month()

    statement = Statement.objects.get()
    assert amounts(statement) == [
        ("energy", 45_92),
        ("standing", 9_30),
        ("water", 15_66),
        ("sales-tax", 3_72),
    ]
    assert statement.coverage.count() == 2


def test_a_meter_exchange_bills_both_meters_without_a_gap():
    service = make.make_home()
    middle = datetime(2026, 10, 15, 4, tzinfo=UTC)
    point = service.agreement.usage_point
    MeterInstallation.objects.filter(usage_point=point).update(ends_at=middle)
    other = make.make_home(starts_at=datetime(2030, 1, 1, tzinfo=UTC))
    MeterInstallation.objects.filter(meter=other.channel.meter).delete()
    MeterInstallation.objects.create(meter=other.channel.meter, usage_point=point, starts_at=middle)
    first = make.read_steadily(service.channel, Period(OCTOBER.starts_at, middle), 400)
    second = make.read_steadily(other.channel, Period(middle, OCTOBER.ends_at), 700)

    statement = make.bill(service)

    assert statement.lines.get(charge="energy").quantity == first + second


# --- the certificate


def test_an_issued_statement_is_computed_again_after_its_readings_changed():
    from meters.readings import Quality, Slots, store_slots

    statement = make.make_bill()
    channel = (
        statement.coverage.get().agreement.usage_point.installations.get().meter.channels.get()
    )
    store_slots(
        [Slots(channel.pk, OCTOBER.starts_at, 3600, np.array([9_000], np.int64), Quality.ACTUAL)],
        source="correction",
        recorded_at=IN_DECEMBER,
        decided=True,
        reason="misread",
    )

    assert list(verify(Statement.objects.all())) == []
