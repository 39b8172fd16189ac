"""What the views of bills share."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.text import slugify

from core.periods import local_date
from statements.models import Statement


def private(response: HttpResponse) -> HttpResponse:
    """Let no proxy and no browser keep a copy."""
    response["Cache-Control"] = "private, no-store"
    return response


def file_name(statement: Statement, house: str, ending: str) -> str:
    """Return a telling name: riverside_bill_2026-10_B-2026-000017.pdf."""
    month = local_date(statement.starts_at, statement.zone).strftime("%Y-%m")
    return f"{slugify(house) or 'utility'}_bill_{month}_{statement.number}.{ending}"
