"""A meter that does not exist: seeded, random as a home is, exact in whole base units."""

from meters.sources.simulator.load import Load, day_values, values
from meters.sources.simulator.register import Register

__all__ = ["Load", "Register", "day_values", "values"]
