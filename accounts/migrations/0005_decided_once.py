from django.db import migrations

from core.db import DecidedOnce

ALONE = ["kind", "object_type", "object_key"]


class Migration(migrations.Migration):
    """What two people decided stays decided, whoever writes to the table."""

    dependencies = [("accounts", "0004_door_guards")]

    operations = [DecidedOnce("accounts_approval", "state", "pending", alone=ALONE)]
