"""Reports written: of one run, and of several runs held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitnet.errors import UsageError
from digitnet.files import cannot_write, write_atomically
from digitnet.report.comparison import several_runs
from digitnet.report.findings import examine
from digitnet.report.html import Page
from digitnet.report.single import one_run
from digitnet.training.learned import learned_from
from digitnet.training.run import Run


def report(folder: str | Path, figures_into: str | Path | None = None) -> Path:
    """Write what a run did, and what its network sees, as report.html into its folder.

    Args:
        folder: of a finished run.
        figures_into: also write the figures into this folder, as SVG and PNG.

    Returns:
        The report's path.

    Raises:
        RunError: it is no finished run, or its data have changed since.
        DigitnetError: the data or the model cannot be used, or a file cannot be written.
    """
    findings = examine(folder)
    return _write(one_run(findings), findings.run.folder / "report.html", figures_into)


def compare(folders: Sequence[str | Path], figures_into: str | Path | None = None) -> Path:
    """Hold runs against the first of them, as comparison.html in its folder.

    Args:
        folders: of two finished runs or more, all of the same data.
        figures_into: also write the figures into this folder, as SVG and PNG.

    Returns:
        The report's path.

    Raises:
        UsageError: the runs were tested on different digits, or one is named twice.
        DigitnetError: as `report`.
    """
    runs = [Run(Path(folder)) for folder in folders]
    if len({run.folder.resolve() for run in runs}) < len(runs):
        raise UsageError("A run is named twice; name each one once.")
    first = runs[0].settings
    for run in runs[1:]:
        if run.settings.data_sha256 != first.data_sha256:
            raise UsageError(
                "{first} and {second} were tested on different digits; compare runs of the same "
                "data.",
                first=runs[0].folder,
                second=run.folder,
            )
    dataset = learned_from(runs[0])
    found = [examine(run.folder, dataset) for run in runs]
    return _write(several_runs(found), runs[0].folder / "comparison.html", figures_into)


def _write(page: Page, path: Path, figures_into: str | Path | None) -> Path:
    html = page.to_html()
    write_atomically(path, lambda partial: partial.write_text(html, encoding="utf-8"))
    if figures_into is not None:
        folder = Path(figures_into)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(folder, error) from error
        for picture in page.pictures():
            picture.save(folder)
    return path
