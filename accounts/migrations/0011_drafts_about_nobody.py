import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A wizard's draft is about no customer: one for each person and wizard."""

    dependencies = [("accounts", "0010_index_name_keys")]

    operations = [
        migrations.AlterField(
            model_name="formdraft",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="formdraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("customer__isnull", True)),
                fields=("owner", "page"),
                name="draft_once_about_nobody",
            ),
        ),
    ]
