from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Find the few bills that were taken back without reading the many that were not."""

    dependencies = [("statements", "0005_bills_in_order")]

    operations = [
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                fields=["id"],
                condition=Q(state__in=["cancelled", "superseded"]),
                name="statement_taken_back",
            ),
        )
    ]
