"""What a tariff may choose; each value is written in its definition."""

from __future__ import annotations

from enum import StrEnum


class Clock(StrEnum):
    """Which clock the seasons and bands of a tariff follow."""

    WALL = "wall"
    STANDARD = "standard"


class OnChange(StrEnum):
    """What a season or price that changes inside a bill does to it."""

    SPLIT = "split"
    LAST_DAY = "last_day"


class SlabsWithTime(StrEnum):
    """How slabs and time bands meet in one charge."""

    PROPORTIONAL = "proportional"
    CHRONOLOGICAL = "chronological"
    PER_PERIOD = "per_period"
    TOTAL_ONLY = "total_only"


class SlabRule(StrEnum):
    """What a reached slab prices: its own part, everything, or by which table."""

    MARGINAL = "marginal"
    WHOLE_QUANTITY = "whole_quantity"
    WHOLE_TABLE = "whole_table"


class SlabWidth(StrEnum):
    """What a bound means in a bill that is shorter or longer than its cycle period."""

    PRORATE = "prorate"
    PER_DAY = "per_day"
    WHOLE = "whole"
    THIRTY_DAYS = "30_days"
    YEAR = "year"
    MONTHS = "months"


class FixedBasis(StrEnum):
    PERIOD = "period"
    DAY = "day"
    THIRTY_DAYS = "30_days"
    MONTH = "month"
    YEAR = "year"
    SERVED_DAY = "served_day"


class DemandBasis(StrEnum):
    PERIOD = "period"
    DAY = "day"


class MinimumBasis(StrEnum):
    PERIOD = "period"
    DAY = "day"
    THIRTY_DAYS = "30_days"
    YEAR = "year"


class Proration(StrEnum):
    DAYS = "days"
    WHOLE = "whole"


class Beside(StrEnum):
    """Lines of the tariffs that price the same agreement at the same time, by their kind."""

    ALL = "@all"
    ENERGY = "@energy"
    FIXED = "@fixed"
    DEMAND = "@demand"
    CREDIT = "@credit"


class Purpose(StrEnum):
    """What a percentage is; a discount is written as a positive percentage and lowers the bill."""

    TAX = "tax"
    DISCOUNT = "discount"
    SURCHARGE = "surcharge"
    RIDER = "rider"


class Settle(StrEnum):
    """Where the money of a credit goes."""

    BILL = "bill"
    LOTS = "lots"


class Peak(StrEnum):
    """Which of the averages of a period is its demand."""

    GREATEST = "greatest"
    DAILY = "daily"  # the sum of each day's greatest
    MEAN = "mean_of"  # the mean of the greatest days


class RatchetRule(StrEnum):
    GREATEST = "greatest"
    MEAN = "mean"
