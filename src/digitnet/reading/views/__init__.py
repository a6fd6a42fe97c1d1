"""Ways to see one page, and on which of them writing shows."""
