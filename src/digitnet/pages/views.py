"""Conditions of the picture: its light, how the page lies, and what the camera makes of it."""

from __future__ import annotations

import numpy as np

from digitnet.pages.plan import Plan

Rng = np.random.Generator


def clean(plan: Plan, rng: Rng) -> None:
    """A usual page in even light."""
    plan.gradient = float(rng.uniform(0, 0.05))


def light(plan: Plan, rng: Rng) -> None:
    """Light that falls off across the page, or towards its corners."""
    plan.gradient = float(rng.uniform(0.3, 0.75))
    plan.vignette = float(rng.uniform(0.1, 0.6))
    plan.exposure = float(rng.uniform(0.45, 0.95))
    plan.warmth = float(rng.uniform(-0.8, 1.0))
    plan.noise = float(rng.uniform(1.5, 4.0))


def shadow(plan: Plan, rng: Rng) -> None:
    """The shadow of a hand, of an edge or of something round."""
    for _ in range(int(rng.integers(1, 3))):
        softness = float(np.exp(rng.uniform(np.log(0.003), np.log(0.08))))
        plan.shadows.append((float(rng.uniform(0.4, 0.7)), softness))
    plan.gradient = float(rng.uniform(0, 0.3))
    plan.noise = float(rng.uniform(1.0, 3.0))


def tilt(plan: Plan, rng: Rng) -> None:
    """The page turned by up to 15 degrees."""
    plan.tilt = float(rng.uniform(3, 15) * rng.choice([-1, 1]))


def perspective(plan: Plan, rng: Rng) -> None:
    """The page seen from the side, often a little curled."""
    plan.perspective = float(rng.uniform(0.05, 0.14))
    plan.tilt = float(rng.uniform(-6, 6))
    plan.curl = float(rng.uniform(0, 0.04))


def blur(plan: Plan, rng: Rng) -> None:
    """Out of focus, or a hand that moved."""
    if rng.random() < 0.6:
        plan.defocus = float(rng.uniform(0.025, 0.06))
    else:
        plan.motion = float(rng.uniform(0.08, 0.2))
    plan.pen = max(plan.pen, 0.05)


def jpeg(plan: Plan, rng: Rng) -> None:
    """Noise, and a file that was made small."""
    plan.jpeg = int(rng.integers(15, 41))
    plan.noise = float(rng.uniform(3, 11))


def small(plan: Plan, rng: Rng) -> None:
    """A picture of up to 400 pixels, as chats and web pages have them, in uneven light."""
    (shadow if rng.random() < 0.5 else light)(plan, rng)
    plan.width, plan.height = int(rng.integers(220, 401)), int(rng.integers(140, 401))
    plan.least_height = 13.0
    plan.digit_height = float(rng.uniform(15, 0.2 * min(plan.width, plan.height)))
    plan.pen = float(rng.uniform(0.08, 0.14))
    plan.least_pen = 1.3
    plan.lines, plan.digits = int(rng.integers(1, 8)), int(rng.integers(2, 11))
    plan.noise = float(rng.uniform(0.5, 2.5))
