"""The simulated provider that a test talks to."""
