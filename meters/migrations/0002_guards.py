"""One payer per usage point, one meter per place and moment; revisions and channels stay."""

from django.db import migrations

from core.db import AppendOnly, NoOverlap

CHANNEL = ["quantity", "unit", "interval_s", "digits", "multiplier", "is_register_only"]


class Migration(migrations.Migration):
    dependencies = [("meters", "0001_first")]

    operations = [
        NoOverlap(
            "meters_customeragreement",
            "agreement_alone_at_its_usage_point",
            keys=["usage_point_id"],
            start="starts_at",
            end="ends_at",
        ),
        NoOverlap(
            "meters_meterinstallation",
            "meter_hangs_in_one_place",
            keys=["meter_id"],
            start="starts_at",
            end="ends_at",
        ),
        NoOverlap(
            "meters_meterinstallation",
            "usage_point_has_one_meter",
            keys=["usage_point_id"],
            start="starts_at",
            end="ends_at",
        ),
        AppendOnly("meters_readingblockrevision", unique=[["channel_id", "day", "rev"]]),
        AppendOnly("meters_channel", may_update=CHANNEL, unique=[["meter_id", "quantity"]]),
    ]
