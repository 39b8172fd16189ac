"""What administrators see of the people who work here."""
