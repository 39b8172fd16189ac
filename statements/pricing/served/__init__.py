"""Whom and where prices are for, as pages show it: the tree, and who uses each part of it."""
