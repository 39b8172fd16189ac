"""What is asked over HTTP: each file turns the parameters of one kind of object into effects."""
