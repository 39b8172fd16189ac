"""Fills an empty database with a small utility and its last thirteen months."""
