"""How fast the network that ships answers, beside another one and other ways to run it."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from benchmarks._ceilings import ceilings
from benchmarks._section import Section
from benchmarks._turns import take_turns
from digitnet.datasets import load_mnist
from digitnet.networks import NETWORKS, layers
from digitnet.reading.classify import Classifier, shipped_model
from digitnet.training.export import to_onnx, write_model

SECONDS = 0.3  # a measurement
BATCH = 64

Glyphs = NDArray[np.uint8]
Answering = Callable[[Glyphs], object]


def measure(rounds: int) -> Section:
    """Measure the networks alone."""
    images = load_mnist().validation.images
    shipped = _network_of(shipped_model())
    with tempfile.TemporaryDirectory() as folder:
        tutorial = Path(folder) / "tutorial.onnx"
        # Untrained: how fast a network answers does not depend on what its weights are.
        write_model(to_onnx(NETWORKS["TutorialCNN"](), 1 / 255), {}, tutorial)
        ways: dict[tuple[str, str], Answering] = {
            (shipped, "digitnet"): Classifier().classify,
            (shipped, "digitnet, one thread"): Classifier(threads=1).classify,
            (shipped, "onnxruntime"): _in_onnxruntime(shipped_model()),
            (shipped, "PyTorch"): _in_torch(shipped),
            ("TutorialCNN", "onnxruntime"): _in_onnxruntime(tutorial),
            ("TutorialCNN", "PyTorch"): _in_torch("TutorialCNN"),
        }
    many = {" ".join(way): _rate(answer, images[:BATCH]) for way, answer in ways.items()}
    one = {" ".join(way): _rate(answer, images[:1]) for way, answer in ways.items()}
    at_64, at_1 = take_turns(many, rounds), take_turns(one, rounds)
    rows: list[dict[str, object]] = []
    for network, way in ways:
        rate = at_64[f"{network} {way}"].median
        million = multiply_adds(network) / 1e6
        gflops = 2 * million * rate / 1e3
        rows.append(
            {
                "network": network,
                "in": way,
                "multiply-adds, million": million,
                f"images/s at {BATCH}": round(rate),
                "ms at 1": 1e3 / at_1[f"{network} {way}"].median,
                "GFLOP/s": gflops,
                "% of float32's limit": 100 * gflops / ceilings().float32,
            }
        )
    limit = round(1e9 * ceilings().float32 / (2 * multiply_adds(shipped)))
    return Section(
        "Reading: the network alone",
        rows,
        [
            f"Medians of {rounds} rounds. At the machine's limit in float32, measured above, "
            f"{shipped} would answer {limit:,} images/s. The model that ships has its "
            "convolutions in 8-bit integers; PyTorch computes the same network in float32. Both it "
            "and onnxruntime have their own settings and give logits; digitnet's row is its "
            "Classifier, with two threads, which gives calibrated probabilities.",
        ],
    )


def multiply_adds(network: str) -> int:
    """Multiply-adds of one image."""
    return sum(layer.multiply_adds for layer in layers(NETWORKS[network]()))


def _network_of(model: Path) -> str:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    card = json.loads(session.get_modelmeta().custom_metadata_map["card"])
    return str(card["model"]).split()[-1]


def _in_onnxruntime(model: Path) -> Answering:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return lambda glyphs: session.run(None, {"images": glyphs[:, None]})


def _in_torch(name: str) -> Answering:
    network = NETWORKS[name]().eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def answer(glyphs: Glyphs) -> object:
        with torch.inference_mode():
            return network(torch.from_numpy(glyphs[:, None]).float() / 255)

    return answer


def _rate(answer: Answering, glyphs: Glyphs) -> Callable[[], float]:
    """What measures how many glyphs a second are answered."""

    def rate() -> float:
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < SECONDS:
            answer(glyphs)
            done += len(glyphs)
        return done / (time.perf_counter() - began)

    return rate
