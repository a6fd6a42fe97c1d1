"""Training in a process of its own, for its time and memory.

Standard input: lines of JSON with a number of digits. Standard output: a line of JSON for each,
with the seconds that one pass of recipe `tutorial` over so many digits took, evaluations apart, and
the largest memory so far.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np

from benchmarks._memory import own_peak
from digitnet.datasets import Digits, load_mnist
from digitnet.training.loop import Trainer
from digitnet.training.recipe import find_recipe


def main() -> None:
    """Answer until the input ends."""
    mnist = load_mnist()
    for line in sys.stdin:
        count = json.loads(line)["digits"]
        # MNIST's digits, again and again: how long a step takes does not depend on what they show.
        again = np.arange(count) % len(mnist.train)
        train = Digits(mnist.train.images[again], mnist.train.labels[again])
        recipe = find_recipe("tutorial")
        # Evaluated once only, after the first step, and apart from the time of the steps.
        recipe = replace(recipe, steps=count // recipe.batch_size, evaluate_every=count)
        trainer = Trainer(recipe, replace(mnist, train=train))
        seconds = sum(step.seconds for step in trainer.run())
        print(json.dumps({"seconds": seconds, "megabytes": own_peak()}), flush=True)


if __name__ == "__main__":
    main()
