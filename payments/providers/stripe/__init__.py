"""Stripe, spoken to by its own library."""
