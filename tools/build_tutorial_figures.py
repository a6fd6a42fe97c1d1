"""Draw the figures of docs/tutorial.md, from a finished run of the recipe `tutorial`.

python tools/build_tutorial_figures.py runs/tutorial-1
"""

from __future__ import annotations

import sys
from pathlib import Path

from digitnet import figures
from digitnet.report.findings import examine

FOLDER = Path(__file__).parents[1] / "docs" / "images"
STAGES = [
    ("digit", (1, 28, 28)),
    ("conv 5×5, ReLU", (32, 28, 28)),
    ("pool 2×2", (32, 14, 14)),
    ("conv 5×5, ReLU", (64, 14, 14)),
    ("pool 2×2", (64, 7, 7)),
    ("flat", (3136,)),
    ("dense", (1024,)),
    ("logits", (10,)),
]


def main(run: str) -> None:
    """Write the figures into docs/images."""
    FOLDER.mkdir(exist_ok=True)
    findings = examine(run)
    glyph, layers = findings.assessment.digits.images[findings.example], findings.convolutions()
    figures.save(figures.architecture(STAGES), FOLDER / "network.png")
    figures.save(figures.filters(layers[0]), FOLDER / "filters.png")
    figures.save(figures.feature_maps(glyph, layers), FOLDER / "feature-maps.png")
    figures.save(figures.evidence(findings.evidence()), FOLDER / "evidence.png")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
