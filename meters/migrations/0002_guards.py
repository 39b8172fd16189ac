"""One payer per usage point, one meter per place and moment; revisions stay as written."""

from django.db import migrations

from core.db import AppendOnly, NoOverlap


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
        AppendOnly(
            "meters_readingblockrevision",
            unique=[["channel_id", "day", "rev"]],
        ),
    ]
