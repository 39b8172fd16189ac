"""Turns what is typed on the pages about paying into clean values, one file for each place."""

from payments.forms.counter import CounterForm, ReversalForm

__all__ = ["CounterForm", "ReversalForm"]
