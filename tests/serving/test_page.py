"""The page in a real browser: what it does when all is well."""

from __future__ import annotations

import shutil
from pathlib import Path

import playwright.sync_api as playwright
import pytest

from tests.serving.browsing import (
    AXE,
    REQUIRED,
    SEVEN,
    Opener,
    browser,
    draw,
    drawn_without_token,
    needs_chromium,
    open_page,
    serious_faults,
    wait_for_text,
)
from tests.serving.conftest import Service, seven

__all__ = ["browser", "open_page"]  # fixtures

pytestmark = needs_chromium


def test_a_seven_drawn_with_the_mouse_is_read_and_looked_into(open_page: Opener) -> None:
    page = open_page()
    draw(page, SEVEN)
    wait_for_text(page, "7")
    page.wait_for_selector("#layers canvas")
    assert page.locator("#ink-boxes g").count() == 1
    assert page.locator(".bars li.best .name").inner_text() == "7"
    assert page.locator("#layers .layer").count() >= 3
    maps = page.locator("#layers canvas").first
    before = page.locator("#lens-title").inner_text()
    maps.click(position={"x": 5, "y": 5})
    assert page.locator("#lens-title").inner_text() != before
    page.click("#undo")
    wait_for_text(page, "")
    assert page.locator("#inside").is_hidden()


def test_a_photo_is_read_and_its_digits_chosen(open_page: Opener) -> None:
    page = open_page("/#photo")
    page.set_input_files("#file", {"name": "7.png", "mimeType": "image/png", "buffer": seven()})
    wait_for_text(page, "7")
    assert page.locator("#photo-image").is_visible()
    page.locator("#photo-boxes g").click()
    page.wait_for_selector("#chosen:not([hidden])")
    assert page.locator("#digits button[aria-pressed=true]").inner_text() == "7"


def test_what_is_no_picture_is_said_in_a_sentence(open_page: Opener) -> None:
    page = open_page("/#photo")
    with page.expect_response("**/v1/read*"):
        page.evaluate("""() => {
            const moved = new DataTransfer();
            moved.items.add(new File(["words"], "a.txt", {type: "image/png"}));
            dispatchEvent(new ClipboardEvent("paste", {clipboardData: moved}));
        }""")
    page.wait_for_selector("#message.error")
    assert "not a picture" in page.locator("#message").inner_text()


def test_a_pasted_picture_is_read(open_page: Opener) -> None:
    page = open_page()
    page.evaluate(
        """bytes => {
            const moved = new DataTransfer();
            moved.items.add(new File([new Uint8Array(bytes)], "7.png", {type: "image/png"}));
            dispatchEvent(new ClipboardEvent("paste", {clipboardData: moved}));
        }""",
        list(seven()),
    )
    wait_for_text(page, "7")
    assert page.locator("#tab-photo").get_attribute("aria-selected") == "true"


def test_a_dropped_picture_is_read(open_page: Opener) -> None:
    page = open_page()
    page.evaluate(
        """bytes => {
            const moved = new DataTransfer();
            moved.items.add(new File([new Uint8Array(bytes)], "7.png", {type: "image/png"}));
            const options = {dataTransfer: moved, bubbles: true, cancelable: true};
            document.body.dispatchEvent(new DragEvent("dragover", options));
            document.body.dispatchEvent(new DragEvent("drop", options));
        }""",
        list(seven()),
    )
    wait_for_text(page, "7")
    assert page.locator("#photo-image").is_visible()
    assert page.locator("#drop.over").count() == 0


def test_a_seven_written_with_the_keyboard_alone(open_page: Opener) -> None:
    page = open_page()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "ink":
            break
    assert page.evaluate("document.activeElement.id") == "ink"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    for key, times in (("ArrowRight", 9), ("ArrowDown", 16)):
        for _ in range(times):
            page.keyboard.press(key)
    page.keyboard.press("Space")
    wait_for_text(page, "7")
    page.keyboard.press("Backspace")
    wait_for_text(page, "")


def test_on_a_narrow_phone_nothing_hangs_over_in_chinese(open_page: Opener) -> None:
    page = open_page(width=360, locale="zh-CN", color_scheme="dark", has_touch=True)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("#tab-write").inner_text() == "手写"
    draw(page, SEVEN)
    page.wait_for_selector("#layers canvas")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click("#language")
    assert page.locator("#tab-write").inner_text() == "Write"


@pytest.mark.skipif(
    not AXE.exists() and not REQUIRED, reason="axe-core is not here (npm install axe-core)"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tool_for_accessibility_finds_no_serious_fault(
    open_page: Opener, served_runs: Path, tiny_run: Path, scheme: str
) -> None:
    if not (served_runs / "mine").exists():
        shutil.copytree(tiny_run, served_runs / "mine")
    # Its script is put into the page past the policy that lets only ours run.
    page = open_page(color_scheme=scheme, bypass_csp=True)
    draw(page, SEVEN)
    page.wait_for_selector("#layers canvas")
    assert serious_faults(page) == []
    page.click("#tab-photo")
    page.set_input_files("#file", {"name": "7.png", "mimeType": "image/png", "buffer": seven()})
    wait_for_text(page, "7")
    assert serious_faults(page) == []
    page.click("#tab-runs")
    page.wait_for_selector("#confusion td")
    assert serious_faults(page) == []


def test_the_api_is_described_without_help_from_elsewhere(
    service: Service, browser: playwright.Browser
) -> None:
    context = browser.new_context()
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{service.address}/docs")
    page.wait_for_selector(".endpoint")
    assert page.locator(".endpoint").count() >= 8
    assert all(url.startswith(service.address) for url in asked)
    context.close()


def test_the_page_asks_for_the_token(browser: playwright.Browser, guarded: Service) -> None:
    context = browser.new_context()
    page = drawn_without_token(context, guarded)
    page.fill("#token", "secret")
    page.keyboard.press("Enter")
    wait_for_text(page, "7")
    context.close()
