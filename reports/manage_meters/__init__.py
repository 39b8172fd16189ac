"""All meters and connections, for those who work with them."""
