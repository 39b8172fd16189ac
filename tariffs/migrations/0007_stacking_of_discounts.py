from django.db import migrations, models


class Migration(migrations.Migration):
    """What a discount does where another one holds too."""

    dependencies = [
        ("tariffs", "0006_guard_plans"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicaltariff",
            name="stacking",
            field=models.CharField(
                blank=True, default="", max_length=8, verbose_name="beside other discounts"
            ),
        ),
        migrations.AddField(
            model_name="tariff",
            name="stacking",
            field=models.CharField(
                blank=True, default="", max_length=8, verbose_name="beside other discounts"
            ),
        ),
    ]
