from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from core.db import NoOverlap


class Migration(migrations.Migration):
    """Taxes by bands, of an amount, or that are exempt; and numbers that conversions ask for."""

    dependencies = [
        ("tariffs", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GivenNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="As calorific-value.",
                        max_length=40,
                        verbose_name="name in tariffs",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=8,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="value",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(blank=True, null=True, verbose_name="up to, not included"),
                ),
            ],
            options={
                "verbose_name": "given number",
                "verbose_name_plural": "given numbers",
            },
        ),
        migrations.CreateModel(
            name="HistoricalGivenNumber",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="As calorific-value.",
                        max_length=40,
                        verbose_name="name in tariffs",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=8,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="value",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(blank=True, null=True, verbose_name="up to, not included"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical given number",
                "verbose_name_plural": "historical given numbers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="historicaltaxrule",
            name="above",
            field=models.DecimalField(
                blank=True,
                decimal_places=8,
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="only if the taxed amount is above",
            ),
        ),
        migrations.AddField(
            model_name="historicaltaxrule",
            name="amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=8,
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="amount for each bill",
            ),
        ),
        migrations.AddField(
            model_name="historicaltaxrule",
            name="bands",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text='As [{"up_to": "50.00", "percent": "0"}, {"percent": "5"}].',
                verbose_name="bands",
            ),
        ),
        migrations.AddField(
            model_name="historicaltaxrule",
            name="currency",
            field=models.CharField(
                blank=True,
                help_text="Needed where the tax states amounts.",
                max_length=3,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Z]{3}$", "Write three capital letters, as in USD."
                    )
                ],
                verbose_name="currency",
            ),
        ),
        migrations.AddField(
            model_name="historicaltaxrule",
            name="on_taxes",
            field=models.CharField(
                blank=True,
                help_text="Codes of taxes that come earlier, with spaces between them.",
                max_length=200,
                verbose_name="taxes that are taxed too",
            ),
        ),
        migrations.AddField(
            model_name="historicaltaxrule",
            name="reason",
            field=models.CharField(
                blank=True,
                help_text="As bills print it.",
                max_length=200,
                verbose_name="reason for the exemption",
            ),
        ),
        migrations.AddField(
            model_name="taxrule",
            name="above",
            field=models.DecimalField(
                blank=True,
                decimal_places=8,
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="only if the taxed amount is above",
            ),
        ),
        migrations.AddField(
            model_name="taxrule",
            name="amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=8,
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="amount for each bill",
            ),
        ),
        migrations.AddField(
            model_name="taxrule",
            name="bands",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text='As [{"up_to": "50.00", "percent": "0"}, {"percent": "5"}].',
                verbose_name="bands",
            ),
        ),
        migrations.AddField(
            model_name="taxrule",
            name="currency",
            field=models.CharField(
                blank=True,
                help_text="Needed where the tax states amounts.",
                max_length=3,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Z]{3}$", "Write three capital letters, as in USD."
                    )
                ],
                verbose_name="currency",
            ),
        ),
        migrations.AddField(
            model_name="taxrule",
            name="on_taxes",
            field=models.CharField(
                blank=True,
                help_text="Codes of taxes that come earlier, with spaces between them.",
                max_length=200,
                verbose_name="taxes that are taxed too",
            ),
        ),
        migrations.AddField(
            model_name="taxrule",
            name="reason",
            field=models.CharField(
                blank=True,
                help_text="As bills print it.",
                max_length=200,
                verbose_name="reason for the exemption",
            ),
        ),
        migrations.AlterField(
            model_name="historicaltaxrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("percent", "Percent"),
                    ("tiered", "Percent by bands of the amount"),
                    ("flat", "Amount for each bill"),
                    ("exempt", "Exempt"),
                ],
                default="percent",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="historicaltaxrule",
            name="rate",
            field=models.DecimalField(
                decimal_places=8,
                default=Decimal("0"),
                max_digits=18,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="rate in percent",
            ),
        ),
        migrations.AlterField(
            model_name="taxrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("percent", "Percent"),
                    ("tiered", "Percent by bands of the amount"),
                    ("flat", "Amount for each bill"),
                    ("exempt", "Exempt"),
                ],
                default="percent",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="taxrule",
            name="rate",
            field=models.DecimalField(
                decimal_places=8,
                default=Decimal("0"),
                max_digits=18,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="rate in percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("above__isnull", True), ("kind__in", ["percent", "exempt"])),
                    models.Q(("currency", ""), _negated=True),
                    _connector="OR",
                ),
                name="tax_with_amounts_has_a_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gte", 0), ("amount__isnull", False), ("kind", "flat")),
                    models.Q(models.Q(("kind", "flat"), _negated=True), ("amount__isnull", True)),
                    _connector="OR",
                ),
                name="tax_flat_has_an_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="givennumber",
            constraint=models.UniqueConstraint(
                fields=("code", "starts_on"), name="given_number_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="givennumber",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gt", 0)), name="given_number_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="givennumber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True),
                    ("ends_on__gt", models.F("starts_on")),
                    _connector="OR",
                ),
                name="given_number_ends_after_it_starts",
            ),
        ),
        migrations.AddField(
            model_name="historicalgivennumber",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        NoOverlap(
            "tariffs_givennumber",
            "given_number_no_overlap",
            keys=["code"],
            start="starts_on",
            end="ends_on",
            of="day",
        ),
    ]
