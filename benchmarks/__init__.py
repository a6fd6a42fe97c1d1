"""Measurements: one module a question. ``python -m benchmarks`` lists them."""
