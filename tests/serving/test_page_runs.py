"""The page in a real browser: the runs under `runs/`, while they go on, end or are damaged."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import playwright.sync_api as playwright

from tests.serving.browsing import WAIT, Opener, browser, needs_chromium, open_page, wake
from tests.serving.conftest import running

__all__ = ["browser", "open_page"]  # fixtures

pytestmark = needs_chromium


def begin_run(folder: Path, steps: tuple[int, ...] = (0, 10, 20)) -> None:
    folder.mkdir(parents=True)
    told = {"recipe": {"name": "mine", "steps": 2000}, "seed": 0}
    (folder / "run.json").write_text(json.dumps(told))
    for step in steps:
        go_on(folder, step)


def go_on(folder: Path, step: int) -> None:
    with (folder / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"step": step, "train_loss": 2 / (1 + step)}) + "\n")


def last_step(text: str) -> str:
    return f"#chart-loss text:text-is('{text}')"


def test_runs_show_their_curves_and_mistakes(
    open_page: Opener, served_runs: Path, tiny_run: Path
) -> None:
    if not (served_runs / "mine").exists():
        shutil.copytree(tiny_run, served_runs / "mine")
    page = open_page("/#runs")
    page.wait_for_selector("#confusion td")
    assert page.locator("#confusion tr").count() == 11
    assert page.locator("#chart-loss path.curve").count() == 2
    assert page.locator("#mistakes li").count() > 0


def test_curves_grow_while_a_run_trains(open_page: Opener, served_runs: Path) -> None:
    folder = served_runs / "live"
    begin_run(folder)
    try:
        page = open_page("/#runs")
        page.wait_for_selector(last_step("20"))
        assert "of 2,000 steps" in page.locator("#run-facts").inner_text()
        go_on(folder, 1234)
        page.wait_for_selector(last_step("1,234"))
    finally:
        shutil.rmtree(folder)


def test_curves_go_on_after_the_service_was_restarted(
    browser: playwright.Browser, tmp_path: Path
) -> None:
    context = browser.new_context(locale="zh-CN")
    with running("--runs", str(tmp_path / "runs")) as service:
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{service.address}/#runs")
        page.wait_for_selector("#runs-message:text('还没有训练')")
        begin_run(tmp_path / "runs" / "live")
        page.wait_for_selector(last_step("20"))
    page.wait_for_selector("#runs-message:text('服务没有响应')")
    with running("--runs", str(tmp_path / "runs"), "--port", str(service.port)):
        go_on(tmp_path / "runs" / "live", 1234)
        wake(page)
        page.wait_for_selector(last_step("1,234"))
        page.wait_for_function("() => !document.getElementById('runs-message').textContent")
        context.close()


def test_a_run_that_goes_on_is_followed_again(open_page: Opener, served_runs: Path) -> None:
    folder = served_runs / "resumed"
    begin_run(folder)
    try:
        long_ago = time.time() - 1000
        os.utime(folder / "metrics.jsonl", (long_ago, long_ago))
        page = open_page("/#runs")
        page.wait_for_selector("#run-facts:text('stopped')")
        page.wait_for_selector(last_step("20"))
        go_on(folder, 1234)
        page.wait_for_selector(last_step("1,234"))
        page.wait_for_selector("#run-facts:text('training')")
    finally:
        shutil.rmtree(folder)


def test_a_damaged_run_is_shown_as_such_and_not_opened_by_itself(
    open_page: Opener, served_runs: Path
) -> None:
    begin_run(served_runs / "sound")
    (served_runs / "broken").mkdir()
    (served_runs / "broken" / "run.json").write_text("{")
    try:
        page = open_page("/#runs")
        page.wait_for_selector("#run-list button:has-text('broken') small:text('damaged')")
        page.wait_for_selector("#run-name:text('sound')")
    finally:
        shutil.rmtree(served_runs / "broken")
        shutil.rmtree(served_runs / "sound")


def test_the_list_of_runs_keeps_the_focus_and_little_is_spoken(
    open_page: Opener, served_runs: Path
) -> None:
    begin_run(served_runs / "one")
    begin_run(served_runs / "two")
    focused = "document.activeElement.firstElementChild?.textContent"
    try:
        page = open_page("/#runs")
        page.locator("#run-list button", has_text="one").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#run-name:text('one')")
        assert page.evaluate(focused) == "one"
        begin_run(served_runs / "three")
        wake(page)
        page.wait_for_selector("#run-list button:has-text('three')")
        assert page.evaluate(focused) == "one"
        spoken = page.locator("#view-runs :is([aria-live], [role=status], output)")
        assert {each.get_attribute("id") for each in spoken.all()} == {"run-facts", "runs-message"}
    finally:
        for name in ("one", "two", "three"):
            shutil.rmtree(served_runs / name, ignore_errors=True)
