"""What a run learned from, loaded again and held against what it recorded. No torch."""

from __future__ import annotations

from pathlib import Path

from digitnet.datasets import Dataset, StreamedDataset, reload_dataset, same_checksums
from digitnet.errors import RunError
from digitnet.training.run import Run


def learned_from(
    run: Run, dataset: Dataset | StreamedDataset | None = None
) -> Dataset | StreamedDataset:
    """Load what a run learned from, and check that it still is that.

    Args:
        run: whose data are meant.
        dataset: what is loaded already, and taken where it is just that.

    Raises:
        RunError: the data lie elsewhere now, or are not what they were when the run began.
        DigitnetError: they cannot be loaded any more.
    """
    settings = run.settings
    if dataset is not None and same_checksums(dataset.sha256, settings.data_sha256):
        return dataset
    if Path(settings.data).is_absolute() and not Path(settings.data).exists():
        raise RunError(
            "{folder} learned from {data}, where nothing lies any more; "
            "put the data back there, or train anew.",
            folder=run.folder,
            data=settings.data,
        )
    dataset = reload_dataset(settings.data)
    if not same_checksums(dataset.sha256, settings.data_sha256):
        raise data_changed(run)
    return dataset


def data_changed(run: Run) -> RunError:
    """Return the sentence for data that are not what they were when a run began."""
    return RunError(
        "The data in {data} have changed since {folder} began; "
        "put the old ones back, or train anew.",
        data=run.settings.data,
        folder=run.folder,
    )
