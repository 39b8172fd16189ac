"""The register maps that come with the product."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from meters.models import RegisterMap
from meters.sources.modbus import Map

FOLDER = Path(__file__).resolve().parent.parent / "register_maps"


@transaction.atomic
def load_register_maps(folder: Path = FOLDER) -> list[RegisterMap]:
    """Write every map of a folder that is new or has changed, and return those.

    :raises BadMap: if one of them cannot be read by; then none is written
    """
    written = []
    for path in sorted(folder.glob("*.json")):
        definition = json.loads(path.read_text())
        code = Map.parse(definition).code
        register_map = RegisterMap.objects.filter(code=code).first() or RegisterMap(code=code)
        if register_map.registers != definition:
            register_map.registers = definition
            register_map.name = f"{definition['maker']} {definition['model']}"
            register_map.save()
            written.append(register_map)
    return written
