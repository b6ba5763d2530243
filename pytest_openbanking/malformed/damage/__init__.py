"""The ways in which an answer can be malformed: each draws damaged answers, and proves them."""
