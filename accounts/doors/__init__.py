"""The doors: who comes in, by which factors, and how often it may be tried."""
