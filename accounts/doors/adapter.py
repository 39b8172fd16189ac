"""How allauth works in this house."""

from __future__ import annotations

from accounts.doors.limited_sign_in import LimitedSignIn


class AccountAdapter(LimitedSignIn):
    """Sign-in with limits that are kept in the database."""
