"""Payloads that break exactly one documented rule; imported on first use, for Hypothesis and jsonschema's sake."""
