"""The doors: who comes in, by which factors, and how often it may be tried."""

from __future__ import annotations


def is_verified(user: object) -> bool:
    """Tell whether the person passed the second factor in this session.

    A user that did not come with a request, as in a command, never did.
    """
    return getattr(user, "otp_device", None) is not None


__all__ = ["is_verified"]
