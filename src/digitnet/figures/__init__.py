"""Figures, each drawn in one place and used by run folders, reports, notebooks and documents.

from digitnet.figures import confusion, save

save(confusion(evaluation), "confusion.svg")
"""

from digitnet.figures.answers import confusion, coverage, differing, mistakes, reliability
from digitnet.figures.learning import Curve, learning
from digitnet.figures.network import (
    Evidence,
    architecture,
    arrangement,
    evidence,
    feature_maps,
    filters,
)
from digitnet.figures.style import drawable_language, save, to_svg

__all__ = [
    "Curve",
    "Evidence",
    "architecture",
    "arrangement",
    "confusion",
    "coverage",
    "differing",
    "drawable_language",
    "evidence",
    "feature_maps",
    "filters",
    "learning",
    "mistakes",
    "reliability",
    "save",
    "to_svg",
]
