"""The notebook runs from top to bottom, in a kernel of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "tutorial.ipynb"
# In a process of its own: what Jupyter's packages warn of is not ours.
EXECUTE = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
(training,) = (cell for cell in notebook.cells if "steps=150" in cell.source)
training.source = training.source.replace("steps=150", "steps=30")
nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": "."}}).execute()
nbformat.write(notebook, "executed.ipynb")
"""


@pytest.mark.slow
def test_the_notebook_runs(tmp_path: Path) -> None:
    """As written, but for the length of the training."""
    command = [sys.executable, "-c", EXECUTE, str(NOTEBOOK)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    executed = (tmp_path / "executed.ipynb").read_text(encoding="utf-8")
    assert executed.count('"image/svg+xml"') == 7
    assert "Step 0: train loss=" in executed
