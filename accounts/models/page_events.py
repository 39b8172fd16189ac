"""What staff do on the pages of plans and tariffs: counted, and nobody's."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageEvent(models.Model):
    """One thing that somebody did; it names a role, and nobody."""

    class Event(models.TextChoices):
        DASHBOARD_VIEWED = "dashboard_viewed", _("Overview viewed")
        TARIFF_FILTERED = "tariff_filtered", _("List narrowed")
        STATUS_CHANGED = "tariff_status_changed", _("Status changed")
        FILE_MOVED = "export_import_action", _("File brought in or saved")
        TARIFF_CREATED = "tariff_created", _("Tariff or plan created")
        RATES_MODIFIED = "rate_configuration_modified", _("Rates modified")
        HISTORY_VIEWED = "version_history_viewed", _("Version viewed")
        COMPARED = "tariff_comparison_used", _("Comparison used")
        SAMPLE_VIEWED = "sample_calculation_viewed", _("Sample calculation viewed")
        BENEFITS_OPENED = "benefit_section_accessed", _("Benefits opened")
        SHARED = "tariff_details_printed_or_shared", _("Details printed or shared")
        TARIFF_SOUGHT = "search_for_active_tariff", _("Active tariff searched for")
        PAGE_LEFT = "page_left", _("Page left")

    event = models.CharField(_("event"), max_length=40, choices=Event)
    role = models.CharField(_("roles"), max_length=120)  # as `billing_manager`, joined by a plus
    who = models.CharField(max_length=16)  # stands for one person on one day, and for nobody later
    at = models.DateTimeField(_("at"), db_index=True)
    properties = models.JSONField(_("properties"), default=dict)

    class Meta:
        verbose_name = _("event of a page")
        verbose_name_plural = _("events of pages")

    def __str__(self) -> str:
        return self.event
