"""Statements of every released engine version, as that version computed them."""
