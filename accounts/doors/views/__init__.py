"""Pages of signing in: one file for each subject."""
