"""What a role on an account allows, and until which day, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils.safestring import SafeString

from accounts.rights import role_words
from core.periods import local_date
from core.templatetags.formats import day

register = template.Library()


@register.filter
def scope(role: str) -> str:
    """`{{ role.role|scope }}`: what the person may do."""
    return role_words(role)


@register.filter
def last_day(ends_at: datetime | None, zone: ZoneInfo) -> SafeString:
    """`{{ role.ends_at|last_day:utility.zone }}`: the last day that counts; an end is exclusive."""
    return day(local_date(ends_at - timedelta(microseconds=1), zone) if ends_at else None)
