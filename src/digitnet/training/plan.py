"""What a run is going to be: checked, and its data loaded, before anything is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from digitnet.datasets import Dataset, StreamedDataset, load_mnist, open_dataset
from digitnet.networks import NETWORKS
from digitnet.training.checks import check_seed, check_whole, check_word
from digitnet.training.feed import check_feed
from digitnet.training.precision import choose_device, choose_precision
from digitnet.training.recipe import Recipe, find_recipe
from digitnet.training.run import Settings
from digitnet.training.teacher import find_teacher, teacher_sha256


def plan_run(
    recipe: str | Recipe,
    *,
    seed: int,
    steps: int | None,
    data: str | Path | None,
    device: str,
    precision: str,
    teacher: str | Path | None,
    checkpoint_steps: int,
    members: int = 1,
) -> tuple[Settings, Dataset | StreamedDataset]:
    """Return what run.json will say of a run, and what it will learn from.

    The arguments are those of `digitnet.train`, and ``members`` is how many networks it trains.

    Raises:
        UsageError: one of them makes no sense, alone or with the others.
        DigitnetError: the data or the teacher cannot be used.
    """
    if isinstance(recipe, str):
        recipe = find_recipe(recipe)
    recipe = recipe if steps is None else replace(recipe, steps=steps)
    check_word("network", recipe.network, NETWORKS)
    check_seed(seed, members)
    check_whole("checkpoint_steps", checkpoint_steps, 1)
    where = choose_device(device)
    chosen = choose_precision(precision, where)
    taught_by = None if teacher is None else find_teacher(Path(teacher), recipe)
    dataset = load_mnist() if data is None else open_dataset(data)
    check_feed(dataset.train, recipe)
    settings = Settings(
        recipe=recipe,
        seed=seed,
        data=dataset.source,
        data_sha256=dataset.sha256,
        device=where.type,
        precision=chosen,
        threads=torch.get_num_threads(),
        checkpoint_steps=checkpoint_steps,
        members=members,
        # By its whole path: the run may be gone on with from another folder.
        teacher=None if taught_by is None else str(taught_by.folder.resolve()),
        teacher_sha256={} if taught_by is None else teacher_sha256(taught_by),
    )
    return settings, dataset
