from django.db import migrations

from core.db.trigrams import TrigramIndex


class Migration(migrations.Migration):
    dependencies = [("meters", "0003_streets_as_they_sound")]

    operations = [TrigramIndex("meters_servicelocation", "address_keys")]
