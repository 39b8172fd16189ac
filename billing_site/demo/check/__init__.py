"""The whole cycle without a person, under a clock that the check moves."""
