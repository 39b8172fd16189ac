from django.core.validators import RegexValidator
from django.db import migrations, models

FITS_AN_ADDRESS = RegexValidator(
    "^[^/]+$", "A serial number has no slash: it stands in the address of its pages."
)


class Migration(migrations.Migration):
    """The pages of a meter carry its serial number; no column changes."""

    dependencies = [("meters", "0004_index_address_keys")]

    operations = [
        migrations.AlterField(
            model_name="historicalmeter",
            name="serial",
            field=models.CharField(
                db_index=True,
                max_length=40,
                validators=[FITS_AN_ADDRESS],
                verbose_name="serial number",
            ),
        ),
        migrations.AlterField(
            model_name="meter",
            name="serial",
            field=models.CharField(
                max_length=40,
                unique=True,
                validators=[FITS_AN_ADDRESS],
                verbose_name="serial number",
            ),
        ),
    ]
