"""The world of the tests of permissions: people of every kind, and a row of everything."""

from __future__ import annotations

from tests.permissions.conftest import world  # noqa: F401  (a fixture)
