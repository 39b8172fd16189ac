"""Help for customers: short articles by what happens in life, and the words we use."""
