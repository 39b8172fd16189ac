"""Changing whom and where prices are for: consumer categories and service areas. Nothing is
deleted: what is offered no more stays with whoever has it."""

from statements.operations.served.changing import NotServed, add, offer, rename, retire
from statements.operations.served.filed import Outcome, bring_in
from statements.operations.served.merging import merge, to_move
from statements.operations.served.moving import move

__all__ = [
    "NotServed",
    "Outcome",
    "add",
    "bring_in",
    "merge",
    "move",
    "offer",
    "rename",
    "retire",
    "to_move",
]
