"""Forms of the help pages: one file for each subject."""
