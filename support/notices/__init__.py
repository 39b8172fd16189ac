"""What customers are told when somebody changes how they are reached or who sees their account."""

from support.notices.contact import CONTACT_CHANGED, contact_changed
from support.notices.delegates import (
    DELEGATE_ENDS,
    DELEGATE_INVITED,
    DELEGATE_REMOVED,
    delegate_ends,
    delegate_invited,
    delegate_removed,
)

__all__ = [
    "CONTACT_CHANGED",
    "DELEGATE_ENDS",
    "DELEGATE_INVITED",
    "DELEGATE_REMOVED",
    "contact_changed",
    "delegate_ends",
    "delegate_invited",
    "delegate_removed",
]
