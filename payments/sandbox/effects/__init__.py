"""What happens: each file changes the books inside the transaction it is given."""
