"""From quantities to the columns of a bill, one module a kind of charge."""
