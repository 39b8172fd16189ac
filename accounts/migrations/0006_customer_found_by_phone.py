from django.db import migrations

import core.encryption


class Migration(migrations.Migration):
    """Staff who help find a customer by the number that calls."""

    dependencies = [("accounts", "0005_decided_once")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="phone_index",
            field=core.encryption.BlindIndexField(
                blank=True, db_index=True, default="", editable=False, max_length=64, of="phone"
            ),
            preserve_default=False,
        )
        for name in ("customer", "historicalcustomer")
    ]
