"""The pages about paying, one file for each place."""
