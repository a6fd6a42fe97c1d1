"""Pieces of ink: where they are cut, in what lines they stand, and in what order."""
