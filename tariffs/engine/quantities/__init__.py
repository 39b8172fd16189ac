"""How many units each price applies to: from readings to windows, runs, steps and slabs."""
