"""The inbox of what needs two people: what waits, what it changes, and how it is decided."""
