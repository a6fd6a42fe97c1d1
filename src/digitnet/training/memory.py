"""Memory that one step frees stays with the process, for the next step."""

from __future__ import annotations

import ctypes
import platform

# From glibc's malloc.h: how much may lie free at the heap's end, and from which size on a block is
# mapped by itself, of which 32 MiB is the most that glibc takes.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> None:
    """Keep glibc from giving freed memory back to the kernel.

    Every step needs the same blocks again, and the kernel fills each of their pages with zeros
    before it lends it anew: a fifth of a step's time at batch 500. The process keeps the memory
    that it had at its largest. Other C libraries are left as they are.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, 32 * 2**20)
        libc.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
