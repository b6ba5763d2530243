"""Which documented errors are handled: what was checked, what that makes of each error, and the reports of it."""
