"""One tariff or plan in words: what it costs, who is on it, what changed, and what is next."""
