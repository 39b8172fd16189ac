"""Housekeeping of help."""

from __future__ import annotations

from celery import shared_task

from accounts.operations import grants
from core import clock
from support import drafts


@shared_task
def tidy_help() -> dict[str, int]:
    """End the sessions whose time is over and delete drafts that nobody came back for."""
    now = clock.real_now()
    return {"ended": grants.end_expired(real_now=now), "drafts": drafts.forget_old(now)}
