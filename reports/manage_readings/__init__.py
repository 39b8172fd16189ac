"""Readings by meter and day: what was measured, how sure it is, and which bill counted it."""
