from django.db import migrations

from core.db.trigrams import TrigramIndex


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_names_as_they_sound")]

    operations = [TrigramIndex("accounts_customer", "name_keys")]
