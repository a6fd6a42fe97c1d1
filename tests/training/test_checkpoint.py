from __future__ import annotations

from pathlib import Path

import pytest
import torch

from digitnet.errors import DigitnetError, RunError
from digitnet.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint


def checkpoint(step: int) -> Checkpoint:
    return Checkpoint(step, [0.5, 0.75], 1.5, {"weight": torch.full((2, 3), float(step))})


def test_the_newest_replaces_the_older(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, checkpoint(1))
    save_checkpoint(tmp_path, checkpoint(2))
    loaded = load_checkpoint(tmp_path)
    assert loaded is not None
    assert (loaded.step, loaded.accuracies, loaded.train_seconds) == (2, [0.5, 0.75], 1.5)
    assert torch.equal(loaded.tensors["weight"], torch.full((2, 3), 2.0))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["state-2.safetensors", "state.json"]


def test_there_is_none_before_the_first(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path) is None


def test_tensors_of_a_save_that_was_cut_off_do_not_count(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, checkpoint(1))
    (tmp_path / "state-2.safetensors").write_bytes(b"half of")
    (tmp_path / ".state-3.partial.safetensors").write_bytes(b"half of")
    loaded = load_checkpoint(tmp_path)
    assert loaded is not None
    assert loaded.step == 1
    save_checkpoint(tmp_path, checkpoint(4))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["state-4.safetensors", "state.json"]


@pytest.mark.parametrize("name", ["state.json", "state-1.safetensors"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[1, 2]", b"{}"])
def test_a_damaged_checkpoint_is_said_to_be_so_and_left(
    tmp_path: Path, name: str, content: bytes
) -> None:
    save_checkpoint(tmp_path, checkpoint(1))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RunError, match="is damaged, and was left as it is"):
        load_checkpoint(tmp_path)
    assert (tmp_path / name).read_bytes() == content


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, checkpoint(1))
    path = tmp_path / "state-1.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(RunError, match="damaged"):
        load_checkpoint(tmp_path)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text("in the way")
    with pytest.raises(DigitnetError, match="checkpoint could not be written"):
        save_checkpoint(tmp_path / "checkpoint", checkpoint(1))
