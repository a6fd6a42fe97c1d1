"""The command line as a person uses it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from digitnet import train
from tests.conftest import CommandLine

LINE = re.compile(r"^Step \d+: train loss=\d+\.\d{4}, test accuracy=0\.\d{4}$", re.MULTILINE)
CHOOSING = re.compile(
    r"^Step \d+: train loss=\d+\.\d{4}, validation accuracy=0\.\d{4}$", re.MULTILINE
)
LINE_ZH = re.compile(r"^第 \d+ 步的 训练损失=\d+\.\d{4}, 测试精度=0\.\d{4}$", re.MULTILINE)


@pytest.mark.slow
def test_train_prints_how_it_goes_and_evaluate_takes_the_run(
    digitnet: CommandLine, own: Path
) -> None:
    trained = digitnet("train", "fast", "--steps", "101", "--seed", "1")
    assert len(CHOOSING.findall(trained.stdout)) == 2
    assert "[7 2 1 0 4 1 4 9 5 9 0 6 9 0 1 5 9 7 3 4] true digits" in trained.stdout
    assert "\x1b" not in trained.stdout
    run = digitnet.folder / "runs" / "fast-1"
    accuracy = json.loads((run / "summary.json").read_text())["test_accuracy"]
    assert 0.8 < accuracy < 1

    table = digitnet("evaluate", run).stdout
    assert f"Accuracy {accuracy:.2%}" in table
    assert "recall" in table
    of_file = json.loads(digitnet("evaluate", run / "model.onnx", "--json").stdout)
    assert of_file["accuracy"] == accuracy
    assert sum(map(sum, of_file["confusion"])) == 10_000
    (sentence,) = [line for line in table.splitlines() if line.startswith("For 1 wrong in 10,000")]
    assert "the 5,000 validation digits" in sentence
    assert sentence.endswith(" wrong.")
    worst = of_file["mistakes"][0]
    assert f"{worst['index']}: {worst['label']} → {worst['answer']}" in table

    call = ("evaluate", run, run / "model.onnx", "--data", own, "--mistakes", "worst.png")
    several = digitnet(*call).stdout
    of_own = json.loads(digitnet("evaluate", run, "--data", own, "--json").stdout)
    wrong = sum(map(sum, of_own["confusion"])) - of_own["correct"]
    assert f"{wrong:,} digits that all of them read wrong." in several
    assert f"{wrong} of them are drawn in worst.png" in several
    assert (digitnet.folder / "worst.png").read_bytes().startswith(b"\x89PNG")

    again = digitnet("train", "--resume", run)
    assert "is finished already" in again.stdout


def test_train_speaks_chinese(digitnet: CommandLine, own: Path) -> None:
    trained = digitnet("train", "--steps", "1", "--data", own, "--lang", "zh")
    assert LINE_ZH.search(trained.stdout)
    assert "推测的数字" in trained.stdout
    assert "真实的数字" in trained.stdout


def test_the_locale_chooses_the_language(digitnet: CommandLine) -> None:
    assert "配方" in digitnet("recipes", LC_ALL="zh_CN.UTF-8").stdout
    assert "配方" not in digitnet("recipes", LC_ALL="zh_CN.UTF-8", LANG="C").stderr
    assert "recipe" in digitnet("--lang", "en", "recipes", LC_ALL="zh_CN.UTF-8").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nope"], "没有命令 'nope'。"),
        (["read", "--anotate", "x"], "没有选项 '--anotate'。 （是不是想用 '--annotate'？）"),
        (["read"], "缺少参数 'IMAGE…'."),
        (["train", "--steps", "x"], "'--steps' 的值无效：'x' 不是有效的数。"),
        (["read", "a", "--min-confidence", "2"], "2.0 不在 0<=x<=1 的范围内。"),
        (["train", "--device", "tpu"], "'tpu' 不是 'auto', 'cpu', 'cuda' 之一。"),
    ],
)
def test_a_wrong_call_is_said_to_be_wrong_in_chinese(
    digitnet: CommandLine, arguments: list[str], sentence: str
) -> None:
    assert sentence in digitnet(*arguments, "--lang", "zh", code=2).stderr


def test_help_is_in_chinese_throughout(digitnet: CommandLine) -> None:
    shown = digitnet("read", "--help", "--lang", "zh").stdout
    assert "用法: " in shown
    assert "显示这段说明。" in shown
    assert "[默认：local]" in shown
    english = digitnet("read", "--help", "--lang", "en", LC_ALL="zh_CN.UTF-8").stdout
    assert "Usage: " in english
    assert "Show this message and exit." in english


def test_the_first_half_as_published(digitnet: CommandLine, own: Path) -> None:
    """Reduced to three steps: the input is scaled twice, so that hardly anything is learned."""
    call = ("train", "tutorial-as-published", "--steps", "3", "--data", own, "--out", "run")
    trained = digitnet(*call).stdout
    assert len(LINE.findall(trained)) == 1
    assert "inferred digits" in trained
    recipe = json.loads((digitnet.folder / "run" / "run.json").read_text())["recipe"]
    assert recipe["pixel_scale"] == pytest.approx(1 / 255 / 255)
    assert recipe["dropout"] == 0
    assert recipe["accuracy"] == "running"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "nope"], "There is no recipe “nope”"),
        (["train", "--seed", "x"], "--seed"),
        (["train", "--seed", "-1"], "--seed"),
        (["train", "--seed", str(2**64)], f"seed must be at most {2**64 - 1}"),
        (["train", "--steps", "0"], "--steps"),
        (["train", "--device", "tpu"], "--device"),
        (["train", "--data", "nowhere"], "nowhere"),
        (["train", "tutorial", "extra"], "extra"),
        (["evaluate"], "RUN|MODEL"),
        (["evaluate", "nowhere"], "nowhere does not exist"),
        (["evaluate", "nowhere", "--mistakes", "worst.xls"], "worst.xls should end in"),
        (["show", "nope"], "There is no recipe “nope”"),
        (["sing"], "sing"),
        (["--lang", "fr", "recipes"], "en or zh"),
        (["recipes", "--lang"], "en or zh"),
    ],
)
def test_a_wrong_call_gets_one_sentence_and_2(
    digitnet: CommandLine, arguments: list[str], sentence: str
) -> None:
    refused = digitnet(*arguments, code=2)
    assert refused.stdout == ""
    assert refused.stderr.startswith("Error: ")
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert list(digitnet.folder.iterdir()) == []


def test_resume_refuses_another_recipe_or_seed(digitnet: CommandLine, own: Path) -> None:
    train("tutorial", steps=1, data=own, out=digitnet.folder / "run")
    other = digitnet("train", "tutorial-as-published", "--resume", "run", code=2)
    assert "is of recipe tutorial, not tutorial-as-published" in other.stderr
    seeded = digitnet("train", "--resume", "run", "--seed", "4", "--checkpoint-every", "9", code=2)
    assert "leave out --seed, --checkpoint-every" in seeded.stderr
    assert digitnet("train", "tutorial", "--resume", "run").stdout


def test_what_is_no_run_or_model_is_said_to_be_so(digitnet: CommandLine) -> None:
    (digitnet.folder / "empty").mkdir()
    (digitnet.folder / "text.onnx").write_text("no model")
    assert "no run.json" in digitnet("evaluate", "empty", code=1).stderr
    assert "no run.json" in digitnet("train", "--resume", "empty", code=1).stderr
    assert "no ONNX model" in digitnet("evaluate", "text.onnx", code=1).stderr


def test_show_draws_network_and_flow_within_80_columns(digitnet: CommandLine) -> None:
    for language in ("en", "zh"):
        shown = digitnet("show", "tutorial", "--lang", language).stdout
        assert "3,274,634" in shown
        assert "10,035,200" in shown
        assert "▼" in shown
        assert max(map(cell_len, shown.splitlines())) <= 80


def test_a_character_that_the_terminal_lacks_is_no_traceback(digitnet: CommandLine) -> None:
    shown = digitnet("recipes", "--lang", "zh", PYTHONIOENCODING="ascii").stdout
    assert "?" in shown
    assert "tutorial-as-published" in shown


def test_show_as_mermaid(digitnet: CommandLine) -> None:
    chart = digitnet("show", "tutorial-as-published", "--mermaid").stdout
    assert chart.startswith("flowchart TD\n")
    assert "1/65,025" in chart
    chart = digitnet("show", "reader", "--mermaid").stdout
    assert "800,000 variations of 55,000 digits, 160,000 pieces of pages" in chart
    assert "111 logits per digit" in chart


def test_recipes_lists_each_with_its_purpose(digitnet: CommandLine) -> None:
    listed = digitnet("recipes").stdout
    assert "tutorial-as-published" in listed
    assert max(map(cell_len, listed.splitlines())) <= 80


@pytest.mark.parametrize("command", [[], ["train"], ["evaluate"], ["data"], ["data", "fetch"]])
def test_help_comes_in_both_languages(digitnet: CommandLine, command: list[str]) -> None:
    english = digitnet(*command, "--help").stdout
    chinese = digitnet(*command, "--help", "--lang", "zh").stdout
    assert not re.search("[\u4e00-\u9fff]", english)
    assert re.search("[\u4e00-\u9fff]{4}", chinese)


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m digitnet show tutorial | head -1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_on_a_terminal_a_live_line_shows_the_progress(own: Path, tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "digitnet", "train", "fast", "--steps", "40", "--data", str(own)],
        cwd=tmp_path,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(terminal)
    shown = b""
    try:
        while chunk := os.read(controller, 65536):
            shown += chunk
    except OSError:
        pass  # The terminal closes with the process.
    os.close(controller)
    text = shown.decode()
    assert process.wait() == 0
    assert "/40" in text
    assert "img/s" in text
    assert "left" in text
    assert "Test accuracy" in text


def test_reading_and_evaluating_never_load_torch() -> None:
    script = (
        "import sys, digitnet, digitnet.cli, digitnet.assessment, digitnet.console.evaluation;"
        "import digitnet.flowchart;"
        "sys.exit('torch' in sys.modules or 'matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = "import sys, digitnet; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
