"""What the provider is asked under one key is frozen; its digest shows that it still is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest(parameters: Mapping[str, Any]) -> str:
    """Return the SHA-256 of parameters, whatever the order in which they are kept."""
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
