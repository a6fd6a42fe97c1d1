"""Training: what to train (recipe), how (loop), and what is kept of it (run, export)."""
