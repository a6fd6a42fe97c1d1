"""TensorFlow in a process of its own. Runs in the peers' environment, without digitnet.

Argument: the path of `mnist.npz`. Standard input: a line of JSON a question: the way to train
("graph" or "fit"), the batch size and the number of steps. Standard output: a line of JSON at the
start, and one for each question, with the seconds that these steps took.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # Read when TensorFlow is imported.
tf: Any = importlib.import_module("tensorflow")
keras: Any = importlib.import_module("keras")
v1 = tf.compat.v1

Trained = Callable[[int], float]
Images = NDArray[np.float32]
Labels = NDArray[np.int64]


def main(path: str) -> None:
    """Answer until the input ends."""
    with np.load(path) as data:
        images = data["x_train"][:55_000].reshape(-1, 784).astype(np.float32) / 255
        labels = data["y_train"][:55_000].astype(np.int64)
    ways = {"graph": graph, "fit": fit}
    trained: dict[tuple[str, int], Trained] = {}
    _say({"tensorflow": tf.__version__, "keras": keras.__version__})
    for line in sys.stdin:
        question = json.loads(line)
        key = question["way"], question["batch_size"]
        if key not in trained:
            trained[key] = ways[key[0]](images, labels, key[1])
        _say({"seconds": trained[key](question["steps"])})


def graph(images: Images, labels: Labels, batch_size: int) -> Trained:
    """The tutorial's graph, its session and its feed_dict, dropout on."""
    whole = tf.Graph()
    with whole.as_default():
        pixels = v1.placeholder(tf.float32, [None, 784])
        answers = v1.placeholder(tf.int32, [None, 10])
        x = tf.reshape(pixels, [-1, 28, 28, 1])  # (N, 28, 28, 1)
        x = v1.nn.max_pool(_convolved(x, 1, 32), 2, 2, "VALID")  # (N, 14, 14, 32)
        x = v1.nn.max_pool(_convolved(x, 32, 64), 2, 2, "VALID")  # (N, 7, 7, 64)
        x = tf.nn.relu(_dense(tf.reshape(x, [-1, 7 * 7 * 64]), 7 * 7 * 64, 1024))  # (N, 1024)
        logits = _dense(tf.nn.dropout(x, 0.5), 1024, 10)  # (N, 10)
        loss = v1.losses.softmax_cross_entropy(answers, logits)
        update = v1.train.AdamOptimizer(0.001).minimize(loss)
        session = v1.Session()
        session.run(v1.global_variables_initializer())
    one_hot = np.eye(10, dtype=np.int32)[labels]
    batches = _batches(len(images), batch_size)

    def train(steps: int) -> float:
        began = time.perf_counter()
        for _ in range(steps):
            rows = next(batches)
            session.run([update, loss], {pixels: images[rows], answers: one_hot[rows]})
        return time.perf_counter() - began

    return train


def _convolved(x: Any, channels: int, filters: int) -> Any:
    kernel = _weights([5, 5, channels, filters], 25 * channels, 25 * filters)
    bias = v1.Variable(tf.zeros([filters]))
    return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "SAME"), bias))


def _dense(x: Any, inputs: int, outputs: int) -> Any:
    return tf.matmul(x, _weights([inputs, outputs], inputs, outputs)) + v1.Variable(
        tf.zeros([outputs])
    )


def _weights(shape: list[int], inputs: int, outputs: int) -> Any:
    limit = (6 / (inputs + outputs)) ** 0.5  # Glorot's, as tf.layers has it.
    return v1.Variable(tf.random.uniform(shape, -limit, limit))


def fit(images: Images, labels: Labels, batch_size: int) -> Trained:
    """Keras, the way its own first example trains."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1024, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.001), loss)
    pictures = images.reshape(-1, 28, 28, 1)

    def train(steps: int) -> float:
        count = steps * batch_size
        began = time.perf_counter()
        model.fit(pictures[:count], labels[:count], batch_size, verbose=0)
        return time.perf_counter() - began

    return train


def _batches(count: int, batch_size: int) -> Iterator[Labels]:
    generator = np.random.default_rng(0)
    while True:
        order = generator.permutation(count)
        for start in range(0, count - batch_size + 1, batch_size):
            yield order[start : start + batch_size]


def _say(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
