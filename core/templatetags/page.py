"""Parts of a page that repeat: form fields, status words, links of the menu."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Field
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
SYSTEM = "system"  # as workers are named in rows

# Below these stand pages that the menu has of their own.
SHELVES = ("/", "/manage/", "/manage/prices/")
SHAPES = {"good": "●", "wait": "◷", "draft": "◌", "warn": "▲", "off": "■"}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, marks_optional: bool = False) -> dict[str, Any]:
    """Render label, hint, error and control of one form field.

    :param marks_optional: say which fields may stay empty, unless the form decides that itself
    """
    bound.field.widget.attrs.pop("placeholder", None)
    is_checkbox = isinstance(bound.field.widget, CheckboxInput)
    marks = marks_optional and getattr(bound.form, "marks_optional", True)
    return {
        "field": bound,
        "is_checkbox": is_checkbox,
        "is_optional": marks and not is_checkbox and _may_stay_empty(bound.field),
        "error_id": f"{bound.auto_id}_error",
    }


def _may_stay_empty(field: Field) -> bool:
    """Say whether leaving it out is an answer, which a list without an empty choice has not."""
    choices = [value for value, _word in getattr(field, "choices", [])]
    return not field.required and (not choices or "" in choices)


@register.simple_tag
def tag(word: object, kind: str = "draft") -> SafeString:
    """`{% tag bill.get_state_display "good" %}`: a status by word, shape and colour."""
    return format_html(
        '<span class="tag tag-{}"><span aria-hidden="true">{}</span> {}</span>',
        kind,
        SHAPES[kind],
        word,
    )


@register.simple_tag(takes_context=True)
def menu_link(context: template.Context, name: str, word: object) -> SafeString:
    """Render a link of the menu, marked when it is the current page; nothing without its page."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return SafeString("")
    path = context["request"].path if "request" in context else ""
    is_below = url not in SHELVES and path.startswith(url)
    is_here = path == url or is_below or context.get("here") == name
    current = SafeString(' aria-current="page"') if is_here else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', url, current, word)


@register.filter
def who(name: str) -> str:
    """`{{ run.started_by|who }}`: what a program did is said in words."""
    return _("Our system") if name == SYSTEM else name
