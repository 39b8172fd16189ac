from django.db import migrations, models
from django.db.models import Q

NUMBERED = Q(state__in=["issued", "cancelled", "superseded"])


class Migration(migrations.Migration):
    """Let the list of all bills be read in its orders, page by page."""

    dependencies = [("statements", "0004_adjustment")]

    operations = [
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=[field, "id"], condition=NUMBERED, name=name),
        )
        for field, name in (
            ("due_date", "statement_by_due_date"),
            ("issue_date", "statement_by_issue_date"),
            ("total_minor", "statement_by_total"),
        )
    ]
