"""What the start of staff shows, one subject a file; it only reads."""
