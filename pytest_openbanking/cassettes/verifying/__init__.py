"""Verifying cassettes: as a linter does against the catalogue, and against a live provider. One file a family."""
