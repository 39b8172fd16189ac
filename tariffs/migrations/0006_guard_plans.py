import django.db.models.functions.text
from django.db import migrations, models

from core.db import AppendOnly, Frozen, FrozenWith, NoOverlap

FROZEN = ("published", "superseded", "withdrawn")


class Migration(migrations.Migration):
    """Names are unique, published plans never change but for their end, events stay."""

    dependencies = [("tariffs", "0005_fill_plans")]

    operations = [
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="plan_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("code"), name="plan_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="tariff",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("role", "offered")),
                name="tariff_name_once",
            ),
        ),
        NoOverlap(
            "tariffs_planversion",
            "plan_version_in_force_once",
            keys=["plan_id"],
            start="starts_on",
            end="ends_on",
            of="day",
            condition="state IN ('published', 'superseded')",
            again=True,
        ),
        Frozen(
            "tariffs_planversion",
            "state",
            FROZEN,
            ["state", "ends_on"],
            unique=[["plan_id", "number"]],
        ),
        *(
            FrozenWith(table, "plan_version_id", "tariffs_planversion", "state", FROZEN)
            for table in ("tariffs_plantariff", "tariffs_plancategory", "tariffs_planarea")
        ),
        AppendOnly("tariffs_statusevent"),
    ]
