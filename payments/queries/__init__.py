"""Reads about what is late, what is open and what may be paid."""

from payments.queries.standing import Standing, minimum, standing

__all__ = ["Standing", "minimum", "standing"]
