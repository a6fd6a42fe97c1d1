"""How fast we read: the network alone, a whole process, pages, photos, many small pictures."""

from __future__ import annotations

from benchmarks import _speed_network, _speed_pictures, _speed_process
from benchmarks._section import Section


def measure(rounds: int) -> list[Section]:
    """Measure all of it."""
    return [
        _speed_network.measure(rounds),
        _speed_process.measure(rounds),
        *_speed_pictures.measure(rounds),
    ]
