"""What an administrator keeps an eye on, one subject a file; it only reads."""
