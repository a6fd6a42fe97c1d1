"""The flow of a training run, as the tutorial draws it first: as text, or as Mermaid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len

from digitnet.classes import CLASSES, NO_DIGIT, TRANSCRIPT_CLASSES
from digitnet.messages import say
from digitnet.training.recipe import Recipe


@dataclass(frozen=True)
class FlowChart:
    """What happens in a run.

    Attributes:
        source: where it starts.
        loop: what each step does, in order; then it begins again.
        evaluation: what is done now and then.
        end: what is done at the end.
    """

    source: str
    loop: tuple[str, ...]
    evaluation: str
    end: str

    def to_text(self) -> str:
        """Return the chart drawn in box characters, at most 80 columns wide."""
        width = max(cell_len(text) for text in (self.source, *self.loop, self.evaluation, self.end))
        middle = width // 2 + 1
        arrow = [" " * (middle + 1) + "▼"]
        lines = _box(self.source, width) + arrow
        for index, text in enumerate(self.loop):
            box = _box(text, width)
            first, last = index == 0, index == len(self.loop) - 1
            tail = "◀─┐" if first else "──┘" if last else "  │"
            lines += [box[0] + ("   " if first else "  │"), box[1] + tail]
            lines += [box[2] + ("   " if last else "  │")]
            lines += arrow if last else [(part.ljust(width + 4) + "  │") for part in arrow]
        lines += _box(self.evaluation, width) + arrow + _box(self.end, width)
        return "\n".join(line.rstrip() for line in lines)

    def to_mermaid(self) -> str:
        """Return the chart in Mermaid's language, for documents."""
        lines = ["flowchart TD", f'    source[("{self.source}")]']
        lines += [f'    step{index}["{text}"]' for index, text in enumerate(self.loop)]
        lines += [f'    evaluation{{{{"{self.evaluation}"}}}}', f'    finish(["{self.end}"])']
        chain = ["source", *(f"step{index}" for index in range(len(self.loop)))]
        chain += ["evaluation", "finish"]
        lines += [f"    {a} --> {b}" for a, b in pairwise(chain)]
        lines.append(f"    step{len(self.loop) - 1} --> step0")
        return "\n".join(lines)


def flow_chart(recipe: Recipe) -> FlowChart:
    """Return the flow of a recipe on MNIST, in the chosen language."""
    scaling = f"1/{1 / recipe.pixel_scale:,.0f}"
    changes = (say("moved, turned and bent a little"),) if recipe.augmentation else ()
    return FlowChart(
        source=say(
            "{count:,} variations of 55,000 digits, {pieces:,} pieces of pages"
            if recipe.variations
            else "{count:,} strips of 55,000 digits, {pieces:,} pieces of pages"
            if recipe.strips
            else "55,000 digits, 28×28 pixels, with their labels",
            count=recipe.variations or recipe.strips,
            pieces=recipe.harvest,
        ),
        loop=(
            say(
                "next {count} strips of digits, in a new order each epoch"
                if recipe.strips
                else "next {count} of them, in a new order each epoch"
                if recipe.variations
                else "next {count} digits, in a new order each epoch",
                count=recipe.batch_size,
            ),
            say("pixels 0…255 × {scaling}", scaling=scaling),
            *changes,
            say("{network}, dropout {dropout:.0%}", network=recipe.network, dropout=recipe.dropout),
            say(
                "{classes} logits per column" if recipe.strips else "{classes} logits per digit",
                classes=TRANSCRIPT_CLASSES
                if recipe.strips
                else CLASSES
                if recipe.variations
                else NO_DIGIT,
            ),
            say(
                "connectionist temporal classification: the loss"
                if recipe.strips
                else "softmax cross-entropy with the labels: the loss"
            ),
            say("gradients of the loss, by backpropagation"),
            (
                say(
                    "Muon {muon:g} for filters, Adam {rate:g} for the rest: new weights",
                    muon=recipe.muon,
                    rate=recipe.learning_rate,
                )
                if recipe.muon
                else say("Adam, learning rate {rate:g}: new weights", rate=recipe.learning_rate)
            ),
        ),
        evaluation=say(
            "every {steps} steps: accuracy on {count:,} strips of validation digits"
            if recipe.strips
            else "every {steps} steps: accuracy on the first {count:,} validation digits"
            if recipe.evaluate_on == "validation"
            else "every {steps} steps: accuracy so far on the first {count:,} test digits"
            if recipe.accuracy == "running"
            else "every {steps} steps: accuracy on the first {count:,} test digits",
            steps=recipe.evaluate_every,
            count=recipe.evaluate_images,
        ),
        end=say(
            "after {steps:,} steps: strips of test digits, model.onnx"
            if recipe.strips
            else "after {steps:,} steps: all test digits, model.onnx",
            steps=recipe.steps,
        ),
    )


def _box(text: str, width: int) -> list[str]:
    space = width - cell_len(text)
    left = space // 2
    bar = "─" * (width + 2)
    return [f"┌{bar}┐", f"│ {' ' * left}{text}{' ' * (space - left)} │", f"└{bar}┘"]
