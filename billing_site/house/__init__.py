"""The settings of the house on pages: what may be changed there, and what the servers were told."""
