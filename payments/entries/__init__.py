"""Every event about money as the entry that the books get for it; pure, nothing is read."""
