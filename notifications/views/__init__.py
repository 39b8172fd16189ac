"""The pages of the inbox and of what one is told."""
