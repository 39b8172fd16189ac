"""Drivers for payment providers, one package each."""
