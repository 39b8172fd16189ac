"""Shadow billing: what a draft of prices would have changed for real customers."""
