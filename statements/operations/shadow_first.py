"""Whether prices must have been tried on past bills before they are put into force."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from statements.pricing.shadow.results import latest_run
from tariffs.models import PlanVersion, TariffVersion
from tariffs.operations import NotPublishable


class ShadowMissing(NotPublishable):
    """Nobody has seen what these prices would have changed."""


def refuse_untried(version: TariffVersion | PlanVersion) -> None:
    """Refuse to publish what no finished shadow billing was of, exactly as it is now.

    :raises ShadowMissing: where the setting asks for one
    """
    if settings.SHADOW_REQUIRED and latest_run(version) is None:
        raise ShadowMissing(
            _(
                "Compare %(version)s with past bills first: this utility puts no prices into "
                "force before a shadow billing of exactly these has finished."
            )
            % {"version": version}
        )
