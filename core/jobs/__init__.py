"""Rows are the queue: the lease columns and the one way to claim and settle a row."""

from core.jobs.leases import LeasedRow, LeaseLost, claim, settle, worker_name

__all__ = ["LeaseLost", "LeasedRow", "claim", "settle", "worker_name"]
