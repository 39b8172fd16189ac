from django.db import migrations

import core.folding

MANY = 2000


def fold_streets(apps, schema_editor):
    ServiceLocation = apps.get_model("meters", "ServiceLocation")
    found = ServiceLocation.objects.only("pk", "address_line").order_by("pk")
    batch = []
    for location in found.iterator(chunk_size=MANY):
        location.address_keys = core.folding.folded(location.address_line)
        batch.append(location)
        if len(batch) == MANY:
            ServiceLocation.objects.bulk_update(batch, ["address_keys"], batch_size=400)
            batch = []
    ServiceLocation.objects.bulk_update(batch, ["address_keys"], batch_size=400)


class Migration(migrations.Migration):
    """A place is found by a street that was misspelt."""

    dependencies = [("meters", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="servicelocation",
            name="address_keys",
            field=core.folding.FoldedField(
                blank=True, default="", editable=False, of="address_line"
            ),
        ),
        migrations.RunPython(fold_streets, migrations.RunPython.noop),
    ]
