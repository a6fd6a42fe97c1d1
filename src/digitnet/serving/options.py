"""Whether what `digitnet serve` is told can work: a name that never matches helps nobody."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from digitnet.errors import UsageError

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:(?P<port>\d+))?"
)
_ANY_ORIGIN = ("*", "null")  # "null" is what a browser sends for a page from a file.
_OWN_PORTS = {"http": "80", "https": "443"}  # Browsers leave these away.
_TOKEN = re.compile(r"[!-~]([ -~]*[!-~])?")  # A header is cut at its ends.


def check_options(host: str, token: str | None, names: Sequence[str], origin: str | None) -> None:
    """Check the options that clients' headers are held against, and the address.

    Args:
        host: the address to listen on.
        token: what clients must send; None for nothing.
        names: by which the service is called.
        origin: the web origin that may call the API; None for none.

    Raises:
        UsageError: one of them can never match, or is no address.
    """
    if not _is_host(host):
        raise UsageError(
            "--host takes an address or a name of this machine, such as 0.0.0.0, not “{given}”.",
            given=host,
        )
    if token is not None and not _TOKEN.fullmatch(token):
        raise UsageError(
            "The token must be one or more letters, digits or signs of ASCII, without spaces "
            "around them: nothing else can be sent in a header."
        )
    for name in names:
        if not (_NAME.fullmatch(name) or is_address(name)):
            raise UsageError(
                "--allow-host takes a name without a port, such as digits.example.org, "
                "not “{given}”.",
                given=name,
            )
    if origin is not None and not _is_origin(origin):
        raise UsageError(
            "--allow-origin takes an origin as browsers send it, such as https://example.org "
            "or http://localhost:3000, not “{given}”.",
            given=origin,
        )


def _is_host(host: str) -> bool:
    if not host or ":" in host:
        return bool(host)  # What is wrong with an IPv6 address is said by the system.
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _is_origin(origin: str) -> bool:
    if origin in _ANY_ORIGIN:
        return True
    found = _ORIGIN.fullmatch(origin)
    return found is not None and found["port"] != _OWN_PORTS.get(found["scheme"], "")


def is_address(name: str) -> bool:
    """Return whether a host is named by its IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
