"""A real browser, Chromium, driven by Playwright: what the tests of the page share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import playwright.sync_api as playwright
import pytest

from tests.serving.conftest import Service

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Where everything must be there, as in CI, what is missing is a failure and no reason to skip.
REQUIRED = bool(os.environ.get("DIGITNET_BROWSER_TESTS"))
SEVEN = [[(60, 80), (150, 75), (90, 210)]]
# Notes of the browser on what a page has to bear: refusals, and a network that is gone.
BORNE = ("status of 401", "status of 422", "status of 503", "net::ERR_")
WAIT = 20_000  # milliseconds, on a busy machine

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not REQUIRED, reason="there is no Chromium here (apt install chromium)"
)

Opener = Callable[..., "playwright.Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(service: Service, browser: playwright.Browser) -> Iterator[Opener]:
    """Opens the page; at the end, nothing may have gone wrong in any that was opened."""
    contexts, complaints = [], []

    def opener(path: str = "/", width: int = 1100, **options: Any) -> playwright.Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, **{"locale": "en-GB", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("console", lambda said: complaints.append(said.text) if complains(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(service.address + path)
        page.wait_for_selector("html[data-ready]")
        return page

    yield opener
    for context in contexts:
        context.close()
    assert complaints == []


def complains(message: playwright.ConsoleMessage) -> bool:
    """Whether something went wrong."""
    borne = any(part in message.text for part in BORNE)
    return message.type in ("error", "warning") and not borne


def draw(page: playwright.Page, strokes: list[list[tuple[int, int]]]) -> None:
    box = page.locator("#ink").bounding_box()
    assert box is not None
    for first, *rest in strokes:
        page.mouse.move(box["x"] + first[0], box["y"] + first[1])
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
        page.mouse.up()


def wait_for_text(page: playwright.Page, text: str) -> None:
    page.wait_for_function("t => document.getElementById('text').textContent === t", arg=text)


def serious_faults(page: playwright.Page) -> list[str]:
    # Dimmed for a moment.
    page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def drawn_without_token(context: playwright.BrowserContext, service: Service) -> playwright.Page:
    """Draw a seven on the page of a service that wants a token, which is then asked for."""
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.goto(service.address)
    page.wait_for_selector("html[data-ready]")
    draw(page, SEVEN)
    page.wait_for_selector("#token-dialog[open]")
    return page


def wake(page: playwright.Page) -> None:
    """What a browser says when the network is back."""
    page.evaluate("dispatchEvent(new Event('online'))")
