"""Telling customers something, and what they choose about how they are told."""

from notifications.operations.announcing import Draft, announce, mark_read
from notifications.operations.choosing import Locked, choose_reminder_days, switch_email

__all__ = [
    "Draft",
    "Locked",
    "announce",
    "choose_reminder_days",
    "mark_read",
    "switch_email",
]
