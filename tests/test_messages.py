from __future__ import annotations

import pytest

from digitnet.errors import UsageError
from digitnet.messages import choose_language, say, say_error, speaking


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "步"),
        ({"LANG": "en_GB.UTF-8"}, "steps"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "steps"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "C"}, "步"),
        ({}, "steps"),
    ],
)
def test_the_language_follows_the_locale(environment: dict[str, str], spoken: str) -> None:
    try:
        choose_language(None, environment)
        assert spoken in say("steps")
    finally:
        choose_language("en")


def test_an_error_is_said_in_the_chosen_language() -> None:
    error = UsageError("{path} does not exist; give a run folder or a model.onnx.", path="x")
    try:
        choose_language("zh")
        assert say_error(error) == "x 不存在；请给出训练目录或 model.onnx。"
    finally:
        choose_language("en")
    assert say_error(error) == str(error)


def test_why_the_system_refuses_is_said_in_chinese_and_other_values_stay() -> None:
    template = "{path} could not be written: {reason}."
    with speaking("zh"):
        assert say(template, path="", reason="No space left on device") == "无法写入 ：磁盘已满。"
        assert say(template, path=7, reason=OSError("so")) == "无法写入 7：so。"


def test_another_language_is_refused() -> None:
    with pytest.raises(UsageError, match="en or zh"):
        choose_language("fr")
