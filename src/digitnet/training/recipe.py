"""What to train: each recipe is data, so that a run can record it whole and repeat it."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from digitnet.errors import RunError, UsageError
from digitnet.training.checks import check_number, check_whole, check_word

Schedule = Literal["constant", "one-cycle"]
Watched = Literal["test", "validation"]
Averaged = Literal["afresh", "running"]


@dataclass(frozen=True)
class Augmentation:
    """How much the images of a batch are changed, anew for every step (`training.augment`).

    Every change is drawn from a normal distribution that is cut off at twice its deviation; the
    attributes but the first are the deviations.

    Attributes:
        share: of the images that are changed, 0…1.
        scale: of the width and, apart from it, of the height, as a share.
        shear: of the slant: columns a row.
        turn: of the angle, in radians.
        shift: of the place, across and down, in pixels.
        elastic: of a smooth displacement that bends the strokes, in pixels.
        thickness: of the strokes' thickness; 1 is a pixel more all round, -1 a pixel less.
        cutout: no deviation, but the side of a square, in pixels, that is made paper.
    """

    share: float
    scale: float = 0.0
    shear: float = 0.0
    turn: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    thickness: float = 0.0
    cutout: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """All that decides what a training run learns, but the seed and the data.

    Attributes:
        name: what `digitnet train` calls it.
        purpose: what it is for, in one sentence.
        reaches: its accuracy on MNIST's 10,000 test digits, or on strips of them, as measured.
        network: the class in `digitnet.networks`.
        dropout: the share of the dense layer's values set to zero while training.
        pixel_scale: what a pixel of 0…255 is multiplied by on its way into the network.
        batch_size: images a step.
        steps: how many batches the network learns from.
        variations: how many glyphs to make from the training digits and to learn from instead of
            them, as `digitnet.training.variations` does; 0 for none.
        harvest: how many examples besides, cut by the reader's own stages out of composed pages.
        strips: how many strips of several digits to learn from instead, and to transcribe.
        augmentation: how the images of each batch are moved and bent; None leaves them alone.
        learning_rate: Adam's step size (Kingma and Ba, *Adam: a method for stochastic
            optimization*, ICLR 2015); with ``"one-cycle"`` its peak.
        muon: the step size of the filters, which Muon moves then instead of Adam (Jordan et al.,
            *Muon: an optimizer for hidden layers in neural networks*, 2024); 0 leaves them to Adam.
        schedule: ``"one-cycle"`` rises to the peak over the first 15% of the steps and then falls
            to nothing as a cosine does (after Smith and Topin, *Super-convergence*, 2018).
        weight_decay: the share of each filter, times the learning rate, that a step takes away
            (Loshchilov and Hutter, *Decoupled weight decay regularization*, ICLR 2019).
        label_smoothing: the share of a label that is spread over all classes (Szegedy et al.,
            *Rethinking the Inception architecture*, CVPR 2016).
        doubt: a label “no digit” counts less where the network gives it a lower probability than
            this, in proportion: cut pieces may look like whole digits (the gradient of Menon et
            al., *Can gradient clipping mitigate label noise?*, ICLR 2020). 0 for never.
        averaging: from step to step, the share of the running average of the weights that stays;
            the average is what is exported. 0 exports the last weights.
        int8: whether the convolutions are exported in 8-bit integers instead of float32.
        evaluate_every: steps from one evaluation to the next; the first is after step 0, as in the
            tutorial.
        evaluate_images: how many images, from the first on, such an evaluation takes.
        evaluate_on: ``"validation"`` keeps the test digits for the end.
        accuracy: ``"afresh"`` computes each accuracy from its own images; ``"running"`` averages
            it over all evaluations so far, as the tutorial's `tf.metrics.accuracy` does.

    Raises:
        UsageError: a setting is out of range, or a word that nothing is called by.
    """

    name: str
    purpose: str
    reaches: str
    network: str = "TutorialCNN"
    dropout: float = 0.5
    pixel_scale: float = 1 / 255
    batch_size: int = 50
    steps: int = 5000
    variations: int = 0
    harvest: int = 0
    strips: int = 0
    augmentation: Augmentation | None = None
    learning_rate: float = 0.001
    muon: float = 0.0
    schedule: Schedule = "constant"
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    doubt: float = 0.0
    averaging: float = 0.0
    int8: bool = False
    evaluate_every: int = 100
    evaluate_images: int = 3000
    evaluate_on: Watched = "test"
    accuracy: Averaged = "afresh"

    def __post_init__(self) -> None:
        for name in ("batch_size", "steps", "evaluate_every", "evaluate_images"):
            check_whole(name, getattr(self, name), 1)
        for name in ("variations", "harvest", "strips"):
            check_whole(name, getattr(self, name), 0)
        for name in ("dropout", "label_smoothing", "doubt", "averaging"):
            check_number(name, getattr(self, name), 1)
        for name in ("pixel_scale", "learning_rate", "muon", "weight_decay"):
            check_number(name, getattr(self, name))
        check_word("schedule", self.schedule, get_args(Schedule))
        check_word("evaluate_on", self.evaluate_on, get_args(Watched))
        check_word("accuracy", self.accuracy, get_args(Averaged))

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Recipe:
        """Return the recipe that `to_dict` wrote.

        A setting that did not exist yet has its default: what was done before there was a choice.

        Raises:
            RunError: another digitnet wrote it, with settings that this one does not know.
        """
        known = _can_be_made(cls, values)
        amounts = values.get("augmentation") if known else None
        if not known or (amounts and not _can_be_made(Augmentation, amounts)):
            raise RunError(
                "The recipe was recorded by another version of digitnet; "
                "use that version, or train anew."
            )
        return cls(**values | {"augmentation": Augmentation(**amounts) if amounts else None})


def _can_be_made(kind: type[Recipe | Augmentation], values: dict[str, Any]) -> bool:
    """Whether these are settings that a kind has, with all that it cannot do without."""
    needed = {field.name for field in fields(kind) if field.default is MISSING}
    return needed <= set(values) <= {field.name for field in fields(kind)}


_BEST = Recipe(
    name="best",
    purpose="The most accurate on a CPU: six convolutions; every digit is bent in new ways.",
    reaches="99.7%",
    network="DeepCNN",
    dropout=0.3,
    batch_size=128,
    steps=12_000,
    augmentation=Augmentation(
        share=0.85,
        scale=0.07,
        shear=0.1,
        turn=0.12,
        shift=0.9,
        elastic=0.7,
        thickness=0.12,
    ),
    learning_rate=0.003,
    muon=0.04,
    schedule="one-cycle",
    weight_decay=0.05,
    label_smoothing=0.05,
    averaging=0.999,
    evaluate_every=1000,
    evaluate_images=5000,
    evaluate_on="validation",
)

_READER = Recipe(
    name="reader",
    purpose="The model that `digitnet read` uses: many hands, pens and scanners.",
    reaches="99.5%",
    network="ReaderCNN",
    dropout=0.1,
    batch_size=256,
    steps=40_000,
    variations=800_000,
    harvest=160_000,
    # The pool holds the large variations; this keeps it from being learned by heart.
    augmentation=Augmentation(share=0.5, scale=0.04, shear=0.06, turn=0.03, shift=0.5),
    learning_rate=0.004,
    muon=0.03,
    schedule="one-cycle",
    weight_decay=0.02,
    label_smoothing=0.05,
    doubt=0.1,
    averaging=0.999,
    int8=True,
    evaluate_every=250,
    evaluate_images=5000,
    evaluate_on="validation",
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="tutorial",
            purpose="The tutorial's network, trained right: the place to start.",
            reaches="99.2%",
        ),
        Recipe(
            name="tutorial-as-published",
            purpose="The tutorial's listing with its three faults, to see what each one costs.",
            reaches="11–95%",
            dropout=0.0,
            pixel_scale=1 / 255**2,
            steps=1000,
            accuracy="running",
        ),
        Recipe(
            name="tutorial-scaled-once",
            purpose="The listing with its first fault mended: pixels are divided by 255 once.",
            reaches="98.7%",
            dropout=0.0,
            steps=1000,
            accuracy="running",
        ),
        Recipe(
            name="tutorial-with-dropout",
            purpose="The listing with two faults mended: dropout is on while it trains, too.",
            reaches="98.7%",
            steps=1000,
            accuracy="running",
        ),
        Recipe(
            name="fast",
            purpose="The shortest way to 99%: a small network, Muon, and no digit is seen twice.",
            reaches="99.1%",
            network="FastCNN",
            dropout=0.0,
            batch_size=192,
            steps=225,
            learning_rate=0.01,
            muon=0.25,
            schedule="one-cycle",
            label_smoothing=0.1,
            evaluate_every=100,
            evaluate_images=5000,
            evaluate_on="validation",
        ),
        _BEST,
        replace(
            _BEST,
            name="record",
            purpose="For a GPU: a larger network that learns for longer from digits bent further.",
            reaches="99.7%",
            network="LargeCNN",
            steps=20_000,
            # Chosen on validation digits and on these as other hands would write them.
            augmentation=Augmentation(
                share=0.9,
                scale=0.09,
                shear=0.14,
                turn=0.17,
                shift=1.2,
                elastic=0.9,
                thickness=0.12,
            ),
        ),
        _READER,
        # It learns from the same examples in the same way, and is larger.
        replace(
            _READER,
            name="doubts",
            purpose="A larger model, asked where the reader's is in doubt; it can teach that one.",
            reaches="99.5%",
            network="DoubtCNN",
            steps=16_000,
        ),
        Recipe(
            name="strips",
            purpose="The model with which `digitnet read` reads digits that touch.",
            reaches="87.7%",
            network="StripCNN",
            dropout=0.1,
            batch_size=256,
            steps=14_000,
            strips=300_000,
            harvest=60_000,
            learning_rate=0.004,
            muon=0.03,
            schedule="one-cycle",
            weight_decay=0.02,
            averaging=0.999,
            int8=True,
            evaluate_every=250,
            evaluate_images=2000,
            evaluate_on="validation",
        ),
    )
}
DEFAULT_RECIPE = "tutorial"


def find_recipe(name: str) -> Recipe:
    """Return the recipe of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in RECIPES:
        raise UsageError(
            "There is no recipe “{name}”; the recipes are: {known}.",
            name=name,
            known=", ".join(RECIPES),
        )
    return RECIPES[name]
