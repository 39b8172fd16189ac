import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Drafts of plans are compared with the price book, too."""

    dependencies = [
        ("statements", "0010_suggestion_dismissal"),
        ("tariffs", "0007_stacking_of_discounts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="shadowrun",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shadow_runs",
                to="tariffs.tariffversion",
            ),
        ),
        migrations.AddField(
            model_name="shadowrun",
            name="plan_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shadow_runs",
                to="tariffs.planversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="shadowrun",
            constraint=models.CheckConstraint(
                condition=Q(version__isnull=False, plan_version__isnull=True)
                | Q(version__isnull=True, plan_version__isnull=False),
                name="shadow_run_is_of_a_tariff_or_a_plan",
            ),
        ),
    ]
