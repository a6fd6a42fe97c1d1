"""Ruled lines, squares, frames and rings, which are no writing."""
