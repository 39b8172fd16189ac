"""A chart with its table: `{% chart usage.chart csv_url=url %}`."""

from __future__ import annotations

from typing import Any

from django import template

from core.charts import Chart

register = template.Library()


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, csv_url: str = "", head: str = "", level: int = 2) -> dict[str, Any]:
    """Print the finding, the picture, the legend and the table; `head` names the first column.

    :param level: of the heading; 0 leaves the finding as plain text of the caption
    """
    return {"chart": chart, "csv_url": csv_url, "first": head, "level": level}
