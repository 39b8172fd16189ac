"""What a customer's start shows, one subject a file; it only reads."""
