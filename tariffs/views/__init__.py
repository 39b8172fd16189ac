"""Pages of the price book."""
