"""Where somebody comes from who writes a tariff in the middle of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

NEW = "new"  # in place of the short name of a plan that is not there yet
SERVICES = "services"  # the step of the plan that asks for tariffs


@dataclass(frozen=True)
class Coming:
    """The plan to go back to, and what it asks for; empty: from no plan."""

    plan: str = ""
    service: str = ""
    kind: str = ""

    @property
    def query(self) -> dict[str, str]:
        asked = {"plan": self.plan, "service": self.service, "type": self.kind}
        return {name: value for name, value in asked.items() if value}

    def address(self, added: str = "") -> str:
        """Return the page of the plan, told which tariff was added; empty without a plan."""
        if not self.plan:
            return ""
        if self.plan == NEW:
            path = reverse("tariffs:plan_new_step", args=[SERVICES])
        else:
            path = reverse("tariffs:plan_edit_step", args=[self.plan, SERVICES])
        return f"{path}?{urlencode({'added': added})}" if added else path
