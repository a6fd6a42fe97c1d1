"""Write the catalogue in which click, which reads our command line, finds its sentences in Chinese.

    python tools/build_click_catalogue.py

Click looks its sentences up by gettext, in files of the format that the gettext manual describes
under “The Format of GNU MO Files”. A test holds the file against what this would write.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

CATALOGUE = Path(__file__).parents[1] / "src/digitnet/locale/zh/LC_MESSAGES/messages.mo"
MAGIC, VERSION, HEAD_BYTES = 0x950412DE, 0, 28
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"

# By the English sentences; where there are two, for one and for several, \0 stands between them.
SENTENCES = {
    "Usage:": "用法:",
    "Options": "选项",
    "Positional arguments": "参数",
    "Commands": "命令",
    "Show this message and exit.": "显示这段说明。",
    "default: {default}": "默认：{default}",
    "env var: {var}": "环境变量：{var}",
    "Missing command.": "缺少命令。",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "Did you mean {possibility}?\0(Did you mean one of: {possibilities}?)": (
        "（是不是想用 {possibilities}？）"
    ),
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Got unexpected extra argument ({args})\0Got unexpected extra arguments ({args})": (
        "多出的参数：{args}"
    ),
    "Option {name!r} does not take a value.": "选项 {name!r} 不带值。",
    "Option {name!r} requires an argument.\0Option {name!r} requires {nargs} arguments.": (
        "选项 {name!r} 需要一个值。"
    ),
    "Invalid value: {message}": "无效的值：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值无效：{message}",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是有效的数。",
    "{value} is not in the range {range}.": "{value} 不在 {range} 的范围内。",
    "{value!r} is not {choice}.\0{value!r} is not one of {choices}.": (
        "{value!r} 不是 {choices} 之一。"
    ),
}


def catalogue(sentences: Mapping[str, str]) -> bytes:
    """Return the file: a head, where each sentence and its translation lie, and then they."""
    pairs = sorted((key.encode(), value.encode()) for key, value in sentences.items())
    pairs.insert(0, (b"", HEADER.encode()))
    words = [key for key, _ in pairs] + [value for _, value in pairs]
    places = HEAD_BYTES + 8 * len(words)
    starts = accumulate((len(word) + 1 for word in words[:-1]), initial=places)
    where = b"".join(
        struct.pack("<2I", len(word), start) for word, start in zip(words, starts, strict=True)
    )
    translations = HEAD_BYTES + 8 * len(pairs)
    head = struct.pack("<7I", MAGIC, VERSION, len(pairs), HEAD_BYTES, translations, 0, places)
    return head + where + b"".join(word + b"\0" for word in words)


if __name__ == "__main__":
    CATALOGUE.write_bytes(catalogue(SENTENCES))
