"""Two thousand damaged, truncated and hostile pictures: each is read or refused in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitnet.errors import ImageError
from digitnet.reading.decode import decode

SCRIPT = Path(__file__).with_name("hostile.py")
MAGIC = st.sampled_from(
    [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ", b"BM", b"II*\0", b"GIF89a"]
)


@pytest.mark.slow
def test_two_thousand_hostile_pictures() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", SCRIPT, "2000", "1"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    outcome = json.loads(done.stdout)
    assert outcome["faults"] == []
    assert outcome["read"] + outcome["refused"] == 2000
    assert outcome["read"] > 200
    assert outcome["refused"] > 200
    assert outcome["peak_mib"] < 1024


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(MAGIC, st.binary(max_size=400))
def test_any_bytes_are_a_page_or_one_sentence(magic: bytes, rest: bytes) -> None:
    try:
        pages = decode(magic + rest)
    except ImageError as error:
        sentence = str(error)
        assert sentence.endswith(".")
        assert "\n" not in sentence
    else:
        assert all(page.gray.ndim == 2 for page in pages)
