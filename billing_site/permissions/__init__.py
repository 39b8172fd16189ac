"""Who may ask for which page: one table, and a wall that refuses everything else.

It stands before the `access.py` of each app and replaces none of them.
"""
