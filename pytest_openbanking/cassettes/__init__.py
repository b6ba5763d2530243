"""Recorded cassettes: what is taken out of them, and what is still in them."""
