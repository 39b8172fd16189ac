"""What an address of the explorer asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from reports.usage.spans import Span, Step


class By(StrEnum):
    """What bars show."""

    USE = "use"
    MONEY = "money"


class Against(StrEnum):
    """What bars are compared with."""

    OFF = ""
    BEFORE = "before"
    YEAR = "year"


@dataclass(frozen=True)
class Asked:
    """The whole state of a page, as its address carries it; None stands for what is usual."""

    service: str = ""
    step: Step = Step.DAY
    by: By = By.USE
    against: Against = Against.OFF
    on: date | None = None
    own: Span | None = None

    def query(self, **changes: Any) -> str:
        """Return the address's query with some things changed; an own range gives way to a day."""
        if changes.get("on"):
            changes.setdefault("own", None)
        fields = replace(self, **changes).fields()
        return "?" + urlencode({name: value for name, value in fields.items() if value})

    def fields(self) -> dict[str, str]:
        """Return the fields of the form that asks for this; what is usual is empty."""
        return {
            "service": self.service,
            "step": "" if self.step is Step.DAY else str(self.step),
            "by": "" if self.by is By.USE else str(self.by),
            "against": str(self.against),
            "on": self.on.isoformat() if self.on and not self.own else "",
            "from": self.own.first.isoformat() if self.own else "",
            "to": self.own.last.isoformat() if self.own else "",
        }
