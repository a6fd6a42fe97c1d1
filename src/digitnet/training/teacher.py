"""Learning from the answers of networks that have learned already."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from digitnet.errors import RunError, UsageError
from digitnet.networks import NETWORKS, image_shape
from digitnet.training.checkpoint import checkpoint_sha256, load_checkpoint, with_prefix
from digitnet.training.precision import half_copy
from digitnet.training.recipe import Recipe
from digitnet.training.run import Run

SHARE = 0.8  # Of the loss that is measured against the teacher's answers; the rest, by the labels.


class Teacher:
    """The mean answer of one or several networks, as something to learn from.

    What a label leaves out, which other digits an image looks like and how much, the teacher's
    probabilities say (Hinton, Vinyals and Dean, *Distilling the knowledge in a neural network*,
    2015). It sees the very images that the learner sees, varied and all, so that the learner takes
    over the function and not single answers (Beyer et al., *Knowledge distillation: a good teacher
    is patient and consistent*, CVPR 2022).

    Args:
        networks: trained, all of the same classes.
        device: where the learner is.
        precision: ``"float32"`` or ``"bf16"``.
    """

    def __init__(self, networks: Sequence[nn.Module], device: torch.device, precision: str) -> None:
        self._dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        self._networks = []
        for network in networks:
            same = _folded(network)
            same = half_copy(same) if precision == "bf16" else same
            self._networks.append(
                same.to(memory_format=torch.channels_last).to(device)  # type: ignore[call-overload]
            )

    def probabilities(self, images: Tensor) -> Tensor:
        """Return the mean of the networks' probabilities, float32 (N, classes).

        Args:
            images: (N, 1, H, W) float, as the networks take them.
        """
        with torch.no_grad():
            answers = [
                network(images.to(self._dtype)).float().softmax(1) for network in self._networks
            ]
            return torch.stack(answers).mean(0)

    def taught(self, losses: Tensor, logits: Tensor, images: Tensor) -> Tensor:
        """Return the losses of examples whose answers the teacher gives, too, (N,).

        Args:
            losses: by the labels, (N,).
            logits: the learner's, (N, classes).
            images: to which they are the answers, (N, 1, H, W).
        """
        surprise = -(self.probabilities(images) * logits.log_softmax(1)).sum(1)
        return SHARE * surprise + (1 - SHARE) * losses

    def check_for(self, learner: nn.Module) -> None:
        """Check that a network tells the same classes apart.

        Raises:
            UsageError: it does not.
        """
        theirs, ours = (_classes(network) for network in (self._networks[0], learner))
        if theirs != ours:
            raise UsageError(
                "The teacher tells {theirs} classes apart and this recipe {ours}; "
                "give a teacher of the same kind.",
                theirs=theirs,
                ours=ours,
            )


def find_teacher(folder: Path, learner: Recipe) -> Run:
    """Return the run that is to teach, where it can.

    Args:
        folder: the run's.
        learner: what is to be taught.

    Raises:
        UsageError: the learner takes no teacher; or the run is not finished, reads several digits
            at once, has no checkpoint any more, or has its pixels scaled otherwise than the
            learner, whose images it would see.
        RunError: the folder is no run's, or is damaged.
    """
    if learner.strips:
        raise UsageError(
            "Recipe {recipe} learns from its labels alone; leave out --teacher.",
            recipe=learner.name,
        )
    run = Run(folder)
    recipe = run.settings.recipe
    if recipe.strips or not run.finished:
        raise UsageError(
            "{folder} cannot teach: give the folder of a finished run that names one digit.",
            folder=folder,
        )
    if recipe.pixel_scale != learner.pixel_scale:
        raise UsageError(
            "{folder} cannot teach recipe {recipe}, which scales pixels in another way.",
            folder=folder,
            recipe=learner.name,
        )
    return run


def teacher_sha256(run: Run) -> dict[str, str]:
    """Return the checksums of what a teacher is made of: its networks' last checkpoints.

    Raises:
        UsageError: one has none any more.
        RunError: one is damaged.
    """
    found = {}
    for member in run.members or [run]:
        sha256 = checkpoint_sha256(member.checkpoint)
        if sha256 is None:
            raise _no_checkpoint(member)
        found[member.folder.resolve().name] = sha256
    return found


def load_teacher(folder: Path, learner: Recipe, device: torch.device, precision: str) -> Teacher:
    """Return the network of a finished run, or those of an ensemble.

    Args:
        folder: the run's.
        learner: what is to be taught.
        device: where the learner is.
        precision: ``"float32"`` or ``"bf16"``.

    Raises:
        DigitnetError: as `find_teacher`.
    """
    run = find_teacher(folder, learner)
    return Teacher([_result(member) for member in run.members or [run]], device, precision)


def check_teacher(run: Run) -> None:
    """Check that the teacher of a run, if it has one, is still what it was.

    Raises:
        RunError: it is not, or is not there any more.
    """
    settings = run.settings
    if settings.teacher is None:
        return
    teacher = Path(settings.teacher)
    if not (teacher / "run.json").exists():
        raise RunError(
            "{folder} learns from the run {teacher}, which is not there any more; "
            "put it back there, or train anew.",
            folder=run.folder,
            teacher=teacher,
        )
    # What was recorded before there were such checksums has none.
    if settings.teacher_sha256 and teacher_sha256(Run(teacher)) != settings.teacher_sha256:
        raise RunError(
            "The run {teacher} has changed since {folder} began to learn from it; "
            "put the old one back, or train anew.",
            folder=run.folder,
            teacher=teacher,
        )


def _result(run: Run) -> nn.Module:
    """The network that a finished run exported, from its last checkpoint."""
    recipe, checkpoint = run.settings.recipe, load_checkpoint(run.checkpoint)
    if checkpoint is None:
        raise _no_checkpoint(run)
    network = NETWORKS[recipe.network]()
    prefix = "average." if recipe.averaging else "network."
    network.load_state_dict(with_prefix(checkpoint.tensors, prefix))
    return network


def _folded(network: nn.Module) -> nn.Module:
    """Return a copy whose convolutions do what batch norm did: it answers the same, sooner."""
    folded = copy.deepcopy(network).eval()
    for name, norm in list(folded.named_children()):
        if isinstance(norm, nn.BatchNorm2d):
            before = name.replace("norm", "conv")
            setattr(folded, before, fuse_conv_bn_eval(getattr(folded, before), norm))
            setattr(folded, name, nn.Identity())
    return folded


def _no_checkpoint(run: Run) -> UsageError:
    return UsageError(
        "{folder} has no checkpoint any more, which a teacher is made of.", folder=run.folder
    )


def _classes(network: nn.Module) -> int:
    first = next(network.parameters())
    blank = torch.zeros(1, 1, *image_shape(network), device=first.device, dtype=first.dtype)
    was_training = network.training
    with torch.no_grad():
        count = network.eval()(blank).shape[-1]
    network.train(was_training)
    return int(count)
