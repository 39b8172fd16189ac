from django.db import migrations, models


class Migration(migrations.Migration):
    """Meters may count reactive and apparent energy, too."""

    dependencies = [
        ("meters", "0005_serial_without_slash"),
    ]

    operations = [
        migrations.AlterField(
            model_name="channel",
            name="quantity",
            field=models.CharField(
                choices=[
                    ("import", "Delivered"),
                    ("export", "Fed back"),
                    ("reactive", "Reactive"),
                    ("apparent", "Apparent"),
                ],
                max_length=12,
                verbose_name="quantity",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="unit",
            field=models.CharField(
                choices=[
                    ("Wh", "watt-hour"),
                    ("l", "litre"),
                    ("varh", "var-hour"),
                    ("VAh", "volt-ampere-hour"),
                ],
                max_length=4,
                verbose_name="unit",
            ),
        ),
        migrations.AlterField(
            model_name="historicalchannel",
            name="quantity",
            field=models.CharField(
                choices=[
                    ("import", "Delivered"),
                    ("export", "Fed back"),
                    ("reactive", "Reactive"),
                    ("apparent", "Apparent"),
                ],
                max_length=12,
                verbose_name="quantity",
            ),
        ),
        migrations.AlterField(
            model_name="historicalchannel",
            name="unit",
            field=models.CharField(
                choices=[
                    ("Wh", "watt-hour"),
                    ("l", "litre"),
                    ("varh", "var-hour"),
                    ("VAh", "volt-ampere-hour"),
                ],
                max_length=4,
                verbose_name="unit",
            ),
        ),
    ]
