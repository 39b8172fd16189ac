from datetime import UTC, datetime, timedelta

import pytest

from core.periods import Period
from meters import queries
from meters.models import RegisterRead
from tests.meters.factories import AgreementFactory, ChannelFactory, InstallationFactory

OCTOBER = Period(datetime(2026, 10, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC))
MIDDLE = datetime(2026, 10, 15, 16, tzinfo=UTC)


def install(agreement, **options):
    channel = ChannelFactory()
    InstallationFactory(meter=channel.meter, usage_point=agreement.usage_point, **options)
    return channel


def read(channel, read_at, value):
    RegisterRead.objects.create(
        channel=channel, read_at=read_at, value_base=value, reason="midnight"
    )


@pytest.mark.django_db
def test_an_exchanged_meter_gives_two_parts_that_fill_the_period():
    agreement = AgreementFactory()
    old = install(agreement, ends_at=MIDDLE)
    new = install(agreement, starts_at=MIDDLE)

    (metered,) = queries.metered_agreements([agreement.account_id], OCTOBER)

    assert [(c.channel_id, c.period) for c in metered.channels] == [
        (old.pk, Period(OCTOBER.starts_at, MIDDLE)),
        (new.pk, Period(MIDDLE, OCTOBER.ends_at)),
    ]
    assert metered.unmeasured() == []
    assert metered.zone_name == "America/New_York"


@pytest.mark.django_db
def test_two_neighbours_in_time_share_the_meter_but_no_moment():
    first = AgreementFactory(ends_at=MIDDLE)
    second = AgreementFactory(usage_point=first.usage_point, starts_at=MIDDLE)
    install(first)

    metered = queries.metered_agreements([first.account_id, second.account_id], OCTOBER)

    assert [one.period for one in metered] == OCTOBER.cut([MIDDLE])
    assert [one.channels[0].period for one in metered] == OCTOBER.cut([MIDDLE])


@pytest.mark.django_db
def test_time_without_a_meter_is_told():
    agreement = AgreementFactory()
    install(agreement, starts_at=MIDDLE)

    (metered,) = queries.metered_agreements([agreement.account_id], OCTOBER)

    assert metered.unmeasured() == [Period(OCTOBER.starts_at, MIDDLE)]


@pytest.mark.django_db
def test_agreements_outside_the_period_do_not_appear():
    ended = AgreementFactory(ends_at=OCTOBER.starts_at)
    later = AgreementFactory(usage_point=ended.usage_point, starts_at=OCTOBER.ends_at)

    assert queries.metered_agreements([ended.account_id, later.account_id], OCTOBER) == []


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(number, django_assert_num_queries):
    agreements = AgreementFactory.create_batch(number)
    for agreement in agreements:
        install(agreement)

    with django_assert_num_queries(3):
        metered = queries.metered_agreements([a.account_id for a in agreements], OCTOBER)
        rows = queries.register_rows(metered)

    assert len(metered) == len(rows) == number


@pytest.mark.django_db
def test_the_reading_table_shows_both_registers_and_what_lies_between():
    agreement = AgreementFactory()
    channel = install(agreement)
    read(channel, OCTOBER.starts_at, 1_250_000)
    read(channel, MIDDLE, 1_400_000)
    read(channel, OCTOBER.ends_at, 1_584_300)

    (row,) = queries.reading_table(agreement, OCTOBER)

    assert (row.opening.value, row.closing.value, row.difference) == (1_250_000, 1_584_300, 334_300)
    assert row.channel.meter_serial == channel.meter.serial


@pytest.mark.django_db
def test_a_register_that_passed_its_last_number_still_gives_the_difference():
    agreement = AgreementFactory()
    channel = install(agreement)
    read(channel, OCTOBER.starts_at, channel.modulus - 1_000)
    read(channel, OCTOBER.ends_at, 500)

    (row,) = queries.reading_table(agreement, OCTOBER)

    assert row.difference == 1_500


@pytest.mark.django_db
def test_a_missing_read_leaves_the_difference_unknown():
    agreement = AgreementFactory()
    channel = install(agreement)
    read(channel, OCTOBER.starts_at, 1)

    (row,) = queries.reading_table(agreement, OCTOBER)

    assert (row.closing, row.difference) == (None, None)


def test_days_of_the_clock_change_have_92_and_100_quarter_hours():
    start = datetime(2026, 11, 1, 4, tzinfo=UTC)

    assert queries.expected_slots(Period(start, start + timedelta(hours=25)), 900) == 100
    assert queries.expected_slots(Period(start, start + timedelta(hours=23)), 900) == 92
