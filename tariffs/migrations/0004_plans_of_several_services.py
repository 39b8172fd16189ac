import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Plans bundle services, charges and a tax of their own; tariffs and plans have a life."""

    dependencies = [
        ("accounts", "0012_utility_face"),
        ("tariffs", "0003_tax_kinds_and_given_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "area of a plan",
                "verbose_name_plural": "areas of a plan",
            },
        ),
        migrations.CreateModel(
            name="PlanCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "category of a plan",
                "verbose_name_plural": "categories of a plan",
            },
        ),
        migrations.CreateModel(
            name="StatusEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(null=True, verbose_name="version")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("submitted", "Sent for review"),
                            ("sent_back", "Sent back"),
                            ("published", "Published"),
                            ("superseded", "Superseded"),
                            ("withdrawn", "Withdrawn"),
                            ("end_scheduled", "End scheduled"),
                            ("expired", "Expired"),
                            ("activated", "Activated"),
                            ("deactivated", "Deactivated"),
                            ("renamed", "Renamed"),
                        ],
                        max_length=16,
                        verbose_name="what happened",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("effective_on", models.DateField(null=True, verbose_name="holds from")),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "event of a tariff or plan",
                "verbose_name_plural": "events of tariffs and plans",
            },
        ),
        migrations.RemoveField(
            model_name="historicalplan",
            name="commodity",
        ),
        migrations.RemoveField(
            model_name="plan",
            name="commodity",
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="afterwards",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not decided"),
                    ("successor", "They move to another plan at their next bill"),
                    ("keep", "They keep it"),
                ],
                default="",
                max_length=10,
                verbose_name="its customers afterwards",
            ),
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="offered"),
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tariffs.plan",
            ),
        ),
        migrations.AddField(
            model_name="historicalplan",
            name="tags",
            field=models.JSONField(blank=True, default=list, verbose_name="tags"),
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="approver",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="author",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="change_summary",
            field=models.TextField(blank=True, verbose_name="what changed"),
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="created_at",
            field=models.DateTimeField(
                blank=True, default=django.utils.timezone.now, editable=False
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="definition",
            field=models.JSONField(default=dict, verbose_name="definition"),
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="SHA-256"),
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="published_at",
            field=models.DateTimeField(null=True, verbose_name="published at"),
        ),
        migrations.AddField(
            model_name="historicalplanversion",
            name="tax",
            field=models.JSONField(blank=True, null=True, verbose_name="tax"),
        ),
        migrations.AddField(
            model_name="historicaltariff",
            name="role",
            field=models.CharField(
                choices=[
                    ("offered", "Tariff"),
                    ("plan", "Charges of a plan"),
                    ("discount", "Discount policy"),
                ],
                default="offered",
                max_length=8,
                verbose_name="role",
            ),
        ),
        migrations.AddField(
            model_name="historicaltariff",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="position"),
        ),
        migrations.AddField(
            model_name="historicaltariff",
            name="tags",
            field=models.JSONField(blank=True, default=list, verbose_name="tags"),
        ),
        migrations.AddField(
            model_name="plan",
            name="afterwards",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not decided"),
                    ("successor", "They move to another plan at their next bill"),
                    ("keep", "They keep it"),
                ],
                default="",
                max_length=10,
                verbose_name="its customers afterwards",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="offered"),
        ),
        migrations.AddField(
            model_name="plan",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="tariffs.plan",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="tags",
            field=models.JSONField(blank=True, default=list, verbose_name="tags"),
        ),
        migrations.AddField(
            model_name="plantariff",
            name="scope",
            field=models.CharField(
                choices=[
                    ("service", "Prices of a service"),
                    ("own", "Charges of the plan on a service"),
                    ("common", "Charges of the plan on the whole bill"),
                ],
                default="service",
                max_length=8,
                verbose_name="scope",
            ),
        ),
        migrations.AddField(
            model_name="planversion",
            name="approver",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="planversion",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="planversion",
            name="change_summary",
            field=models.TextField(blank=True, verbose_name="what changed"),
        ),
        migrations.AddField(
            model_name="planversion",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="planversion",
            name="definition",
            field=models.JSONField(default=dict, verbose_name="definition"),
        ),
        migrations.AddField(
            model_name="planversion",
            name="digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="SHA-256"),
        ),
        migrations.AddField(
            model_name="planversion",
            name="published_at",
            field=models.DateTimeField(null=True, verbose_name="published at"),
        ),
        migrations.AddField(
            model_name="planversion",
            name="tax",
            field=models.JSONField(blank=True, null=True, verbose_name="tax"),
        ),
        migrations.AddField(
            model_name="tariff",
            name="role",
            field=models.CharField(
                choices=[
                    ("offered", "Tariff"),
                    ("plan", "Charges of a plan"),
                    ("discount", "Discount policy"),
                ],
                default="offered",
                max_length=8,
                verbose_name="role",
            ),
        ),
        migrations.AddField(
            model_name="tariff",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="position"),
        ),
        migrations.AddField(
            model_name="tariff",
            name="tags",
            field=models.JSONField(blank=True, default=list, verbose_name="tags"),
        ),
        migrations.AlterField(
            model_name="historicalplanversion",
            name="frequency",
            field=models.CharField(
                choices=[
                    ("monthly", "Monthly"),
                    ("bi_monthly", "Every two months"),
                    ("quarterly", "Quarterly"),
                    ("annually", "Annually"),
                ],
                default="monthly",
                max_length=12,
                verbose_name="billed",
            ),
        ),
        migrations.AlterField(
            model_name="planversion",
            name="frequency",
            field=models.CharField(
                choices=[
                    ("monthly", "Monthly"),
                    ("bi_monthly", "Every two months"),
                    ("quarterly", "Quarterly"),
                    ("annually", "Annually"),
                ],
                default="monthly",
                max_length=12,
                verbose_name="billed",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("afterwards", "successor"), ("successor__isnull", False)),
                    models.Q(
                        models.Q(("afterwards", "successor"), _negated=True),
                        ("successor__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="plan_successor_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True),
                    models.Q(("successor", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="plan_does_not_succeed_itself",
            ),
        ),
        migrations.AddField(
            model_name="planarea",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.servicearea",
            ),
        ),
        migrations.AddField(
            model_name="planarea",
            name="plan_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="areas",
                to="tariffs.planversion",
            ),
        ),
        migrations.AddField(
            model_name="plancategory",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.consumercategory",
            ),
        ),
        migrations.AddField(
            model_name="plancategory",
            name="plan_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="categories",
                to="tariffs.planversion",
            ),
        ),
        migrations.AddField(
            model_name="statusevent",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="statusevent",
            name="plan",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="tariffs.plan",
            ),
        ),
        migrations.AddField(
            model_name="statusevent",
            name="tariff",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="tariffs.tariff",
            ),
        ),
        migrations.AddConstraint(
            model_name="planarea",
            constraint=models.UniqueConstraint(
                fields=("plan_version", "area"), name="plan_area_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="plancategory",
            constraint=models.UniqueConstraint(
                fields=("plan_version", "category"), name="plan_category_once"
            ),
        ),
        migrations.AddIndex(
            model_name="statusevent",
            index=models.Index(fields=["tariff", "-happened_at"], name="status_by_tariff"),
        ),
        migrations.AddIndex(
            model_name="statusevent",
            index=models.Index(fields=["plan", "-happened_at"], name="status_by_plan"),
        ),
        migrations.AddConstraint(
            model_name="statusevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("plan__isnull", True), ("tariff__isnull", False)),
                    models.Q(("plan__isnull", False), ("tariff__isnull", True)),
                    _connector="OR",
                ),
                name="status_event_of_one_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "expired"), ("tariff__isnull", False)),
                fields=("tariff", "version", "effective_on"),
                name="tariff_expires_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "expired"), ("plan__isnull", False)),
                fields=("plan", "version", "effective_on"),
                name="plan_expires_once",
            ),
        ),
    ]
