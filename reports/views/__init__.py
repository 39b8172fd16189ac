"""Pages made of several apps, one subject a file; they only read."""
