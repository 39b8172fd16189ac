"""What is done with several tariffs or plans at once, and with one by the same way."""
