from django.db import migrations

from core.db import Frozen, FrozenWith, NoOverlap

FROZEN = ("published", "superseded", "withdrawn")
IN_FORCE = ("published", "superseded")


class Migration(migrations.Migration):
    """Published prices never change but for their end, and no two claim the same day."""

    dependencies = [("tariffs", "0001_tariffs_and_plans")]

    operations = [
        NoOverlap(
            "tariffs_tariffversion",
            "tariff_version_in_force_once",
            keys=["tariff_id"],
            start="starts_on",
            end="ends_on",
            of="day",
            condition="state IN ('published', 'superseded')",
        ),
        NoOverlap(
            "tariffs_eligibilitykey",
            "eligibility_key_once_a_day",
            keys=["key"],
            start="starts_on",
            end="ends_on",
            of="day",
        ),
        NoOverlap(
            "tariffs_planversion",
            "plan_version_in_force_once",
            keys=["plan_id"],
            start="starts_on",
            end="ends_on",
            of="day",
            condition="state IN ('published', 'superseded')",
        ),
        Frozen(
            "tariffs_tariffversion",
            "state",
            FROZEN,
            ["state", "ends_on"],
            unique=[["tariff_id", "number"]],
        ),
        FrozenWith("tariffs_charge", "version_id", "tariffs_tariffversion", "state", FROZEN),
        FrozenWith(
            "tariffs_eligibilitykey",
            "version_id",
            "tariffs_tariffversion",
            "state",
            IN_FORCE,
            ["ends_on"],
        ),
    ]
