import hashlib
import json
from collections import Counter

from django.db import migrations
from django.db.models.functions import Lower


def name_apart(apps, schema_editor):
    """Give tariffs and plans that share a name their code behind it."""
    for model in (apps.get_model("tariffs", "Tariff"), apps.get_model("tariffs", "Plan")):
        names = Counter(model.objects.values_list(Lower("name"), flat=True))
        for item in model.objects.order_by("pk"):
            if names[item.name.lower()] > 1:
                model.objects.filter(pk=item.pk).update(name=f"{item.name[:70]} ({item.code[:40]})")


def currency_of(apps, rows):
    """Return the currency of the tariffs that a plan bundles."""
    versions = apps.get_model("tariffs", "TariffVersion").objects.filter(
        tariff__in=rows.values("tariff")
    )
    return versions.order_by("-pk").values_list("currency", flat=True).first() or ""


def define(apps, schema_editor):
    """Write the definition of each plan version from the tariffs that it bundles."""
    bundled = apps.get_model("tariffs", "PlanTariff").objects.order_by("pk")
    for version in apps.get_model("tariffs", "PlanVersion").objects.select_related("plan"):
        rows = bundled.filter(plan_version=version)
        services = rows.values_list("tariff__commodity", "tariff__code")
        version.definition = {
            "format": 1,
            "code": version.plan.code,
            "name": version.plan.name,
            "frequency": version.frequency,
            "currency": currency_of(apps, rows),
            "from": version.starts_on.isoformat(),
            "to": version.ends_on and version.ends_on.isoformat(),
            "services": [{"commodity": commodity, "tariff": code} for commodity, code in services],
        }
        text = json.dumps(
            version.definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        version.digest = hashlib.sha256(text.encode()).hexdigest()
        version.change_summary = "As it was before plans had definitions"
        version.published_at = version.created_at if version.state == "published" else None
        version.save()


class Migration(migrations.Migration):
    """What was entered before plans had definitions gets one, and a name of its own."""

    dependencies = [("tariffs", "0004_plans_of_several_services")]

    operations = [
        migrations.RunPython(name_apart, migrations.RunPython.noop),
        migrations.RunPython(define, migrations.RunPython.noop),
    ]
