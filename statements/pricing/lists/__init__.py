"""The lists of tariffs and of plans: what they show, how they are narrowed, their rows."""
