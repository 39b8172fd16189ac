from typing import Any

from django.db import migrations

from core.db import FrozenWith

IN_FORCE = ("published", "superseded")

# A category or area that is added later is served by whoever serves the one it belongs to: its key
# repeats a key of the same version that names the row above it (or none) and is the same otherwise.
# On SQLite a migration that rebuilds accounts_consumercategory or accounts_servicearea begins with
# DROP TRIGGER tariffs_eligibilitykey_frozen_insert and ends with `frozen_keys(may_add=REPEATS)`.
REPEATS = """
{row}.key = {row}.commodity || '/' || {row}.rate_type
 || '/' || COALESCE((SELECT code FROM accounts_consumercategory WHERE id = {row}.category_id), '*')
 || '/' || COALESCE((SELECT code FROM accounts_servicearea WHERE id = {row}.area_id), '*')
AND EXISTS (SELECT 1 FROM tariffs_eligibilitykey above
 WHERE above.version_id = {row}.version_id
 AND above.commodity = {row}.commodity AND above.rate_type = {row}.rate_type
 AND above.starts_on = {row}.starts_on
 AND COALESCE(above.ends_on, '9999-12-31') = COALESCE({row}.ends_on, '9999-12-31')
 AND (({row}.category_id IS NOT NULL
   AND COALESCE(above.area_id, 0) = COALESCE({row}.area_id, 0)
   AND COALESCE(above.category_id, 0) = COALESCE(
    (SELECT parent_id FROM accounts_consumercategory WHERE id = {row}.category_id), 0))
  OR ({row}.area_id IS NOT NULL
   AND {row}.commodity = (SELECT commodity FROM accounts_servicearea WHERE id = {row}.area_id)
   AND COALESCE(above.category_id, 0) = COALESCE({row}.category_id, 0)
   AND COALESCE(above.area_id, 0) = COALESCE(
    (SELECT parent_id FROM accounts_servicearea WHERE id = {row}.area_id), 0))))
""".strip()


def frozen_keys(**options: Any) -> FrozenWith:
    return FrozenWith(
        "tariffs_eligibilitykey",
        "version_id",
        "tariffs_tariffversion",
        "state",
        IN_FORCE,
        ["ends_on"],
        again=True,
        **options,
    )


class Migration(migrations.Migration):
    """Published versions serve a category or area that is added below what they serve."""

    dependencies = [
        ("accounts", "0014_categories_retire"),
        ("tariffs", "0007_stacking_of_discounts"),
    ]

    operations = [
        frozen_keys(),  # what going backwards leaves behind
        frozen_keys(may_add=REPEATS),
    ]
