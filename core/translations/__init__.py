"""The catalogues of words: found in the sources, kept as `.po` files, compiled for the program."""
