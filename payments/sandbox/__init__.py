"""A payment provider of our own, shaped like Stripe: it moves no money and knows nothing of us.

It is a separate process with its own books, so what it says is an independent witness. It may
import the standard library and itself, nothing else.
"""
