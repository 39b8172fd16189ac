from django.db import migrations

from core.db import AppendOnly, NoOverlap


class Migration(migrations.Migration):
    """The audit trail stays, and an account has one category at a time."""

    dependencies = [("accounts", "0001_first")]

    operations = [
        AppendOnly("accounts_auditevent"),
        NoOverlap(
            "accounts_accountcategory",
            "account_category_once_at_a_time",
            keys=["account_id"],
            start="starts_on",
            end="ends_on",
            of="day",
        ),
    ]
