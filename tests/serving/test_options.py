"""What `digitnet serve` refuses to be told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from digitnet.errors import UsageError
from digitnet.serving.options import check_options


@pytest.mark.parametrize(
    "origin",
    [
        "https://a.example/",
        "https://a.example/page",
        "https://A.example",
        "https://a.example:443",
        "http://a.example:80",
        "a.example",
        "https://",
        "https://é.example",
        "",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(UsageError, match="as browsers send it"):
        check_options("127.0.0.1", None, (), origin)


@pytest.mark.parametrize(
    "name", ["name:8443", "http://name", "name/", "", "*.example.org", "é.example", "a b", "a..b"]
)
def test_a_name_that_no_host_has_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="without a port"):
        check_options("127.0.0.1", None, ("digits.example.org", name), None)


@pytest.mark.parametrize("token", ["", " ", "sécret", "a ", " a", "a\nb", "密码"])
def test_a_token_that_no_header_holds_is_refused(token: str) -> None:
    with pytest.raises(UsageError, match="ASCII"):
        check_options("127.0.0.1", token, (), None)


@pytest.mark.parametrize("host", ["", "a..b", "a" * 64, "\udcff"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="--host takes"):
        check_options(host, None, (), None)


def test_what_can_match_is_taken() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "bücher.example"):
        check_options(host, None, (), None)
    for token in ("secret", "a b", "!~"):
        check_options("0.0.0.0", token, (), None)  # noqa: S104 (nothing listens)
    names = ("digits.example.org", "Digits.Example.org.", "nas", "my_nas-2", "10.0.0.7", "::1")
    check_options("127.0.0.1", None, names, None)
    origins = ("https://a.example", "http://localhost:3000", "http://[::1]:5173", "null", "*")
    for origin in origins:
        check_options("127.0.0.1", None, (), origin)


@pytest.mark.parametrize(
    "options",
    [
        ("--allow-origin", "https://a.example/"),
        ("--allow-host", "name:8443"),
        ("--token", ""),
        ("--host", "a..b"),
        ("--host", "::1%nowhere"),
    ],
)
def test_it_is_said_in_one_sentence_before_anything_is_served(options: tuple[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "digitnet", "serve", "--port", "0", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
