"""When what runs: slots become JobRun rows, and each tick sweeps the rows that are due."""

from __future__ import annotations


def run_due() -> None:
    """Run every slot that is due and has not run, then every sweeper."""
