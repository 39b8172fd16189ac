"""What tariffs and plans come to for customers: compared, previewed, counted."""
