"""Faults of the body itself: what is no JSON, or no form, and what readers of it stumble over."""
