"""What meters leave out is estimated at night, and only where a meter hangs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core.periods import Period
from meters import operations, readings
from meters.readings import MISSING, Quality, Slots, store_slots
from tests.meters.factories import ChannelFactory, InstallationFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 5, 1, 20, tzinfo=UTC)
START = datetime(2026, 9, 1, tzinfo=UTC)


def installed(starts_at=START):
    installation = InstallationFactory(starts_at=starts_at)
    return ChannelFactory(meter=installation.meter, interval_s=3600)


def read(channel, period, each=400):
    values = np.full(period.seconds // 3600, each, np.int64)
    store_slots([Slots(channel.pk, period.starts_at, 3600, values)], source="t", recorded_at=NOW)


def codes(channel, period):
    _, found, _ = readings.fetch_matrix([channel.pk], period, 3600)
    return set(found[0].tolist())


def test_a_missing_day_is_estimated_and_marked_and_doing_it_again_changes_nothing():
    channel = installed()
    gap = Period(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 21, tzinfo=UTC))
    read(channel, Period(START, gap.starts_at))
    read(channel, Period(gap.ends_at, NOW.replace(minute=0)))

    assert operations.estimate_gaps(NOW) == 24
    assert operations.estimate_gaps(NOW) == 0
    assert codes(channel, gap) == {Quality.ESTIMATED}


def test_the_last_hours_may_still_come():
    channel = installed()
    read(channel, Period(START, NOW.replace(minute=0) - timedelta(hours=3)))

    assert operations.estimate_gaps(NOW) == 0


def test_before_its_installation_a_meter_has_no_gap():
    start = datetime(2026, 10, 25, tzinfo=UTC)
    channel = installed(start)
    read(channel, Period(start, NOW.replace(minute=0)))

    assert operations.estimate_gaps(NOW) == 0
    values, _, _ = readings.fetch_matrix(
        [channel.pk], Period(start - timedelta(days=1), start), 3600
    )
    assert set(values[0].tolist()) == {MISSING}
