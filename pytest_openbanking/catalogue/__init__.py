"""What providers document, as data."""
