"""The summary of one year of an account, made from live data, one subject a file."""
