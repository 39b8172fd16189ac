"""Validation and estimation: pure functions over plain values, no models and no clock."""
