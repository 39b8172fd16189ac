from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_refund_of_suspense")]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["received_on", "id"], name="payment_by_day"),
        )
    ]
