from django.db import migrations

from core.encryption import blind_index


def index_phones(apps, schema_editor):
    Customer = apps.get_model("accounts", "Customer")
    for customer in Customer.objects.exclude(phone="").order_by("pk").iterator():
        found_by = blind_index(customer.phone, purpose="phone")
        Customer.objects.filter(pk=customer.pk).update(phone_index=found_by)


class Migration(migrations.Migration):
    """Index the numbers that customers have given before."""

    dependencies = [("accounts", "0006_customer_found_by_phone")]

    operations = [migrations.RunPython(index_phones, migrations.RunPython.noop)]
