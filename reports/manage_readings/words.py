"""The qualities of a reading: in words, as a tag, and as the mark of a bar."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.charts import Mark
from meters.readings import Quality

WORDS: Mapping[int, Promise] = {
    Quality.ACTUAL: gettext_lazy("Actual"),
    Quality.CUSTOMER: gettext_lazy("Read by the customer"),
    Quality.ESTIMATED: gettext_lazy("Estimated"),
    Quality.FINAL: gettext_lazy("Final"),
    Quality.MISSING: gettext_lazy("Missing"),
    Quality.SUBSTITUTED: gettext_lazy("Set by hand"),
    Quality.SUSPECT: gettext_lazy("Suspect"),
}
TAGS: Mapping[int, str] = {
    Quality.ESTIMATED: "wait",
    Quality.MISSING: "warn",
    Quality.SUBSTITUTED: "draft",
    Quality.SUSPECT: "warn",
}
MARKS: Mapping[int, Mark] = {
    Quality.ESTIMATED: Mark.ESTIMATED,
    Quality.MISSING: Mark.MISSING,
    Quality.SUBSTITUTED: Mark.EDITED,
}
