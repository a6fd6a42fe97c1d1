from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from digitnet.datasets import Dataset, Digits, load_mnist
from digitnet.errors import RunError, UsageError
from digitnet.training.loop import Trainer
from digitnet.training.precision import choose_device, choose_precision
from digitnet.training.recipe import RECIPES, Recipe

QUICK = replace(RECIPES["tutorial"], steps=6, evaluate_every=2, evaluate_images=200)


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_mnist()


def weights_after(trainer: Trainer, steps: int) -> dict[str, torch.Tensor]:
    run = trainer.run()
    for _ in range(steps - trainer.step):
        next(run)
    return {name: value.clone() for name, value in trainer.network.state_dict().items()}


def equal(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_the_same_seed_gives_the_same_weights(mnist: Dataset, precision: str) -> None:
    # A CPU that does not know bf16 takes its time: few images are enough.
    quick = replace(QUICK, batch_size=10, evaluate_images=20)
    first, second, other = (
        weights_after(Trainer(quick, mnist, seed=seed, precision=precision), 6)
        for seed in (1, 1, 2)
    )
    assert equal(first, second)
    assert not equal(first, other)


@pytest.mark.parametrize("precision", ["float32", "bf16"])
@pytest.mark.parametrize("recipe", ["tutorial", "fast"])
def test_a_state_taken_over_ends_in_the_same_weights(
    mnist: Dataset, recipe: str, precision: str
) -> None:
    quick = replace(RECIPES[recipe], steps=6, batch_size=10, evaluate_every=2, evaluate_images=20)
    whole = weights_after(Trainer(quick, mnist, precision=precision), 6)
    first = Trainer(quick, mnist, precision=precision)
    weights_after(first, 3)
    second = Trainer(quick, mnist, precision=precision)
    second.load_state(first.state(), first.step, first.accuracies)
    assert equal(weights_after(second, 6), whole)


def test_it_evaluates_at_step_0_and_every_so_often(mnist: Dataset) -> None:
    steps = list(Trainer(QUICK, mnist).run())
    assert [step.number for step in steps] == [0, 1, 2, 3, 4, 5]
    assert [step.number for step in steps if step.accuracy is not None] == [0, 2, 4]


def test_it_learns(mnist: Dataset) -> None:
    recipe = replace(QUICK, steps=80, evaluate_every=79)
    first, *_, last = Trainer(recipe, mnist).run()
    assert last.loss < first.loss / 3
    assert last.accuracy is not None
    assert last.accuracy > 0.85


def test_a_process_that_trained_has_subnormal_numbers_afterwards(mnist: Dataset) -> None:
    list(Trainer(QUICK, mnist).run())
    assert (torch.tensor(1e-39) * 1).item() > 0


def test_a_running_accuracy_averages_all_evaluations(mnist: Dataset) -> None:
    trainer = Trainer(replace(QUICK, accuracy="running"), mnist)
    shown = [step.accuracy for step in trainer.run() if step.accuracy is not None]
    afresh = trainer.accuracies
    assert shown == pytest.approx([np.mean(afresh[: n + 1]) for n in range(3)])


def test_bf16_keeps_float32_weights_close_to_those_of_float32(mnist: Dataset) -> None:
    quick = replace(QUICK, dropout=0.0, batch_size=10, evaluate_images=20)
    exact, coarse = (
        Trainer(quick, mnist, precision=precision) for precision in ("float32", "bf16")
    )
    a, b = weights_after(exact, 6), weights_after(coarse, 6)
    for name in a:
        assert b[name].dtype == torch.float32
        # Adam moves each weight by at most about the learning rate a step.
        assert (a[name] - b[name]).abs().max() < 2 * 6 * QUICK.learning_rate
        assert (a[name] - b[name]).abs().mean() < 0.5 * 6 * QUICK.learning_rate


def test_training_that_diverges_stops_with_a_sentence(mnist: Dataset) -> None:
    recipe = replace(QUICK, learning_rate=1e30, steps=50)
    with pytest.raises(RunError, match="Training diverged at step"):
        list(Trainer(recipe, mnist, precision="float32").run())


def test_the_state_of_another_network_is_refused(mnist: Dataset) -> None:
    trainer = Trainer(QUICK, mnist)
    state = trainer.state()
    state["network.conv1.bias"] = torch.zeros(3)
    with pytest.raises(RunError, match="another network"):
        trainer.load_state(state, 1, [])


def test_too_few_digits_for_a_batch_are_refused(mnist: Dataset) -> None:
    few = Digits(mnist.test.images[:20], mnist.test.labels[:20])
    dataset = replace(mnist, train=few)
    with pytest.raises(UsageError, match="needs at least 50 digits to learn from, and here are 20"):
        list(Trainer(QUICK, dataset).run())


def test_predictions_do_not_depend_on_dropout(mnist: Dataset) -> None:
    trainer = Trainer(QUICK, mnist)
    few = mnist.test.images[:20]
    assert trainer.predict(few).shape == (20, 10)
    assert (trainer.predict(few) == trainer.predict(few)).all()


def test_a_recipe_written_before_a_setting_existed_has_its_default() -> None:
    written = QUICK.to_dict()
    del written["int8"]
    assert Recipe.from_dict(written) == QUICK


def test_recipes_survive_json() -> None:
    for recipe in RECIPES.values():
        assert Recipe.from_dict(recipe.to_dict()) == recipe
    with pytest.raises(RunError, match="another version"):
        Recipe.from_dict(QUICK.to_dict() | {"momentum": 0.9})
    with pytest.raises(RunError, match="another version"):
        Recipe.from_dict({})
    with pytest.raises(RunError, match="another version"):
        Recipe.from_dict(QUICK.to_dict() | {"augmentation": {"share": 0.5, "mirror": 1}})


def test_device_and_precision_are_chosen() -> None:
    cpu = torch.device("cpu")
    assert choose_precision("float32", cpu) == "float32"
    assert choose_precision("bf16", cpu) == "bf16"
    assert choose_precision("auto", cpu) in ("float32", "bf16")
    assert choose_device("cpu") == cpu
    if not torch.cuda.is_available():
        assert choose_device("auto") == cpu
        with pytest.raises(UsageError, match="no CUDA device"):
            choose_device("cuda")


def test_steps_taken_together_end_where_single_ones_do(mnist: Dataset) -> None:
    one_by_one, together = Trainer(QUICK, mnist), Trainer(QUICK, mnist)
    together.ahead = 4  # As on a GPU.
    seen = [list(trainer.run()) for trainer in (one_by_one, together)]
    for key in ("number", "loss", "accuracy"):
        assert [getattr(step, key) for step in seen[0]] == [getattr(step, key) for step in seen[1]]
    assert equal(one_by_one.network.state_dict(), together.network.state_dict())


def test_no_step_is_taken_beyond_an_evaluation(mnist: Dataset) -> None:
    trainer = Trainer(QUICK, mnist)
    trainer.ahead = 50
    # Steps 0, 2 and 4 evaluate, and step 5 is the last.
    assert [trainer.step for _ in trainer.run()] == [1, 3, 3, 5, 5, 6]
