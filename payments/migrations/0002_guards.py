"""What the database keeps: a payment is never edited, only marked as reversed."""

from django.db import migrations

from core.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_payment")]

    operations = [
        AppendOnly("payments_payment", may_update=["state"], unique=[["reference"]]),
    ]
