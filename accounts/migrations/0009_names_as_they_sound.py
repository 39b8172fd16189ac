import django.db.models.functions.text
from django.db import migrations, models

import core.folding

MANY = 2000


def fold_names(apps, schema_editor):
    Customer = apps.get_model("accounts", "Customer")
    found = Customer.objects.only("pk", "name").order_by("pk")
    batch = []
    for customer in found.iterator(chunk_size=MANY):
        customer.name_keys = core.folding.folded(customer.name)
        batch.append(customer)
        if len(batch) == MANY:
            Customer.objects.bulk_update(batch, ["name_keys"], batch_size=400)
            batch = []
    Customer.objects.bulk_update(batch, ["name_keys"], batch_size=400)


class Migration(migrations.Migration):
    """A caller is found by a name that was misspelt."""

    dependencies = [("accounts", "0008_display_choices")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="name_keys",
            field=core.folding.FoldedField(blank=True, default="", editable=False, of="name"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                django.db.models.functions.text.Upper("email"), name="customer_by_email"
            ),
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
    ]
