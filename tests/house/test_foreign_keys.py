"""A foreign key is an arrow too: it points down the import map, or stays in its app."""

from __future__ import annotations

from django.apps import apps

LAYERS = [
    {"billing_site"},
    {"reports"},
    {"support"},
    {"payments"},
    {"statements"},
    {"meters", "tariffs", "ledger"},
    {"notifications"},
    {"accounts"},
    {"core"},
]
HEIGHT = {app: -depth for depth, layer in enumerate(LAYERS) for app in layer}


def arrows():
    for model in apps.get_models(include_auto_created=True):
        source = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=True):
            is_arrow = field.is_relation and not field.auto_created and field.related_model
            if source in HEIGHT and is_arrow:
                yield (
                    f"{model._meta.label}.{field.name}",
                    source,
                    field.related_model._meta.app_label,
                )


def test_every_app_of_ours_has_its_layer():
    ours = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}

    assert ours == set(HEIGHT)


def test_foreign_keys_point_down():
    upwards = [
        f"{name} -> {target}"
        for name, source, target in arrows()
        if target in HEIGHT and source != target and HEIGHT[target] >= HEIGHT[source]
    ]

    assert upwards == []


def test_there_are_arrows_to_look_at():
    assert {("statements", "accounts"), ("meters", "accounts")} <= {
        (source, target) for _, source, target in arrows()
    }
