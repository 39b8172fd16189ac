"""What the business does with tariffs and plans, on a database."""
