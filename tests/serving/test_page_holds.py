"""The page in a real browser: what it keeps while other things change around it."""

from __future__ import annotations

import playwright.sync_api as playwright

from tests.serving.browsing import (
    SEVEN,
    Opener,
    browser,
    draw,
    drawn_without_token,
    needs_chromium,
    open_page,
    wait_for_text,
    wake,
)
from tests.serving.conftest import Service, seven

__all__ = ["browser", "open_page"]  # fixtures

pytestmark = needs_chromium

THREE = [[(190, 90), (240, 75), (270, 105), (225, 140), (275, 175), (230, 212), (185, 195)]]
LOW_THREE = [[(x, y + 60) for x, y in stroke] for stroke in THREE]
READS = "**/v1/read*"
BUSY = "[aria-busy=true]"


def hold(page: playwright.Page, pattern: str) -> list[playwright.Route]:
    """Let requests wait until they are let go, one by one."""
    held: list[playwright.Route] = []

    def keep(route: playwright.Route) -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


def wait_until_held(page: playwright.Page, held: list[playwright.Route]) -> playwright.Route:
    while not held:
        page.wait_for_timeout(20)
    return held.pop()


def asked(page: playwright.Page, path: str) -> list[playwright.Request]:
    """The requests for a path, from now on."""
    requests: list[playwright.Request] = []
    page.on("request", lambda request: requests.append(request) if path in request.url else None)
    return requests


def wait_until_seen(page: playwright.Page) -> None:
    page.wait_for_selector("#layers canvas")
    page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")


def test_all_ink_stays_on_a_sheet_that_is_turned(open_page: Opener) -> None:
    page = open_page(width=360, has_touch=True)
    draw(page, SEVEN)
    draw(page, LOW_THREE)
    page.wait_for_selector("#ink-boxes g:nth-of-type(2)")
    before = page.locator("#text").inner_text()
    assert sorted(before.split()) in (["3", "7"], ["73"])
    for width, height in ((800, 330), (330, 800)):
        with page.expect_response(READS):
            page.set_viewport_size({"width": width, "height": height})
        page.wait_for_selector("#ink-boxes g:nth-of-type(2)")
        assert page.locator("#text").inner_text() == before
        assert page.locator("#ink-boxes g").count() == 2


def test_what_is_under_way_does_not_come_out_in_another_view(open_page: Opener) -> None:
    page = open_page()
    held = hold(page, READS)
    draw(page, SEVEN)
    late = wait_until_held(page, held)
    page.click("#tab-photo")
    late.continue_()
    page.unroute(READS)
    page.evaluate("fetch('healthz').then((answer) => answer.text())")
    assert page.locator("#text").inner_text() == ""
    assert page.locator("#digits button").count() == 0
    assert page.locator(BUSY).count() == 0
    page.click("#tab-write")
    wait_for_text(page, "7")


def test_an_empty_sheet_is_not_read(open_page: Opener) -> None:
    page = open_page()
    requests = asked(page, "/v1/read")
    draw(page, SEVEN)
    page.evaluate("document.getElementById('tab-runs').click()")  # before the pause is over
    page.evaluate("fetch('healthz').then((answer) => answer.text())")
    page.wait_for_timeout(300)  # the pause after the pen lifts, and more
    assert requests == []
    page.click("#tab-write")
    wait_for_text(page, "7")
    page.click("#clear")
    wait_for_text(page, "")
    for tab in ("photo", "write", "runs", "write"):
        page.click(f"#tab-{tab}")
    assert len(requests) == 1


def test_nothing_vanishes_while_the_next_stroke_is_read(open_page: Opener) -> None:
    page = open_page()
    draw(page, SEVEN)
    wait_until_seen(page)
    page.evaluate("""() => {
        window.hidings = 0;
        const count = (records) => records.forEach(({target}) => { hidings += target.hidden; });
        for (const id of ["chosen", "inside"]) {
            new MutationObserver(count).observe(
                document.getElementById(id), {attributeFilter: ["hidden"]});
        }
    }""")
    held = hold(page, READS)
    draw(page, THREE)
    late = wait_until_held(page, held)
    for part in ("#chosen", "#inside", "#text"):
        assert page.locator(f"{part}{BUSY}").is_visible()
    late.continue_()
    wait_for_text(page, "73")
    wait_until_seen(page)
    assert page.evaluate("hidings") == 0


def test_a_stroke_that_is_no_digit_yet_moves_nothing(open_page: Opener) -> None:
    page = open_page()
    draw(page, SEVEN)
    wait_until_seen(page)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.route(READS, lambda route: route.fulfill(json={"text": "", "lines": []}))
    draw(page, THREE)
    page.wait_for_selector("#message:text('There is no digit')")
    assert page.locator("#inside").is_hidden()
    assert page.locator("#chosen").is_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") == height
    page.unroute(READS)
    draw(page, [[(400, 90), (396, 210)]])
    wait_for_text(page, "731")
    wait_until_seen(page)
    assert page.locator("#inside").is_visible()
    assert page.locator("#chosen").is_visible()


def test_another_digit_is_looked_at_without_sending_the_picture_again(open_page: Opener) -> None:
    page = open_page()
    draw(page, SEVEN)
    draw(page, THREE)
    wait_for_text(page, "73")
    wait_until_seen(page)
    reads, looks = asked(page, "/v1/read"), asked(page, "/v1/look")
    held = hold(page, "**/v1/look*")
    page.locator("#digits button").nth(1).click()
    late = wait_until_held(page, held)
    # What is known is shown at once.
    assert page.locator("#chosen-title").inner_text().startswith("3,")
    assert page.locator(f"#bars{BUSY}").count() == 1
    late.continue_()
    wait_until_seen(page)
    assert page.locator(".bars li.best .name").inner_text() == "3"
    assert reads == []
    (look,) = looks
    body = look.post_data_buffer
    assert body is not None
    assert body.startswith(b"\x89PNG")
    assert len(body) < 2000


def test_a_read_that_fails_leaves_nothing_old_and_is_tried_again(open_page: Opener) -> None:
    page = open_page()
    draw(page, SEVEN)
    wait_until_seen(page)
    page.route(READS, lambda route: route.abort())
    draw(page, THREE)
    page.wait_for_selector("#message.error")
    assert page.locator("#text").inner_text() == ""
    assert page.locator("#digits button").count() == 0
    assert page.locator("#inside").is_hidden()
    assert page.locator(BUSY).count() == 0
    page.unroute(READS)
    wake(page)
    wait_for_text(page, "73")
    assert page.locator("#message").inner_text() == ""


def test_a_busy_service_is_asked_again(open_page: Opener) -> None:
    page = open_page()
    answers = [{"status": 503, "headers": {"Retry-After": "1"}, "json": {"detail": "Busy."}}]

    def answer(route: playwright.Route) -> None:
        if answers:
            route.fulfill(**answers.pop())  # type: ignore[arg-type]
        else:
            route.continue_()

    page.route(READS, answer)
    draw(page, SEVEN)
    page.wait_for_selector("#message.error")
    assert page.locator("#message").inner_text() == "Busy."
    wait_for_text(page, "7")
    wait_until_seen(page)
    assert page.locator("#message").inner_text() == ""


def test_each_view_keeps_what_was_read_in_it(open_page: Opener) -> None:
    page = open_page("/#photo")
    page.set_input_files("#file", {"name": "7.png", "mimeType": "image/png", "buffer": seven()})
    wait_for_text(page, "7")
    page.click("#tab-write")
    draw(page, SEVEN)
    draw(page, THREE)
    wait_for_text(page, "73")
    requests = asked(page, "/v1/read")
    page.click("#tab-photo")
    assert page.locator("#text").inner_text() == "7"
    assert page.locator("#photo-boxes g").count() == 1
    page.go_back()
    wait_for_text(page, "73")
    assert requests == []
    page.evaluate("location.hash = '#runs'")
    page.wait_for_selector("#view-runs:not([hidden])")


def test_a_token_may_be_wrong_refused_and_given_later(
    browser: playwright.Browser, guarded: Service
) -> None:
    context = browser.new_context(locale="en-GB")
    page = drawn_without_token(context, guarded)
    page.fill("#token", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#token-wrong:text('That token is wrong')")
    page.fill("#token", "sécret")
    page.keyboard.press("Enter")
    page.wait_for_selector("#token-wrong:text('without accents')")
    assert page.locator("#token-dialog[open]").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_selector("#message.error:text('only with its token')")
    draw(page, THREE)
    page.wait_for_selector("#message.error:text('only with its token')")
    assert page.locator("#token-dialog[open]").count() == 0
    page.click("#token-again")
    page.fill("#token", "secret")
    page.keyboard.press("Enter")
    wait_for_text(page, "73")
    assert page.locator("#token-missing").is_hidden()
    page.reload()
    draw(page, SEVEN)
    wait_for_text(page, "7")
    context.close()


def test_the_map_that_is_chosen_is_marked_and_its_lens_in_view(open_page: Opener) -> None:
    for width in (360, 1100):
        page = open_page(width=width)
        draw(page, SEVEN)
        wait_until_seen(page)
        maps = page.locator("#layers canvas").nth(3)
        maps.focus()
        page.keyboard.press("End")
        last = maps.get_attribute("aria-valuemax")
        assert maps.get_attribute("aria-valuenow") == last
        assert f"map {last}" in (maps.get_attribute("aria-valuetext") or "")
        assert page.locator("#layers .layer").nth(3).locator(".mark").count() == 1
        lens = page.locator("#lens").bounding_box()
        assert lens is not None
        assert 0 <= lens["y"] < 800 - lens["height"]
        assert abs(lens["width"] - lens["height"]) < 1


def test_clear_is_undone_and_the_focus_stays_on_the_page(open_page: Opener) -> None:
    page = open_page()
    draw(page, SEVEN)
    wait_for_text(page, "7")
    page.locator("#clear").focus()
    page.keyboard.press("Enter")
    wait_for_text(page, "")
    assert page.evaluate("document.activeElement.id") == "ink"
    page.click("#undo")
    wait_for_text(page, "7")
    page.click("#undo")
    wait_for_text(page, "")
    assert page.locator("#undo").is_disabled()


def test_keys_that_are_held_or_the_browsers_own(open_page: Opener) -> None:
    page = open_page()
    page.focus("#ink")
    for _ in range(4):  # The first press, and what comes while the key is held.
        page.keyboard.down(" ")
    page.keyboard.up(" ")
    assert page.locator("#pen-said").inner_text() == "Pen down"
    assert page.locator("#ring.down").count() == 1
    page.keyboard.press(" ")
    assert page.locator("#pen-said").inner_text() == "Pen up"
    assert page.locator("#ring.down").count() == 0
    page.evaluate("""() => addEventListener("keydown", (event) => {
        window.prevented = event.defaultPrevented;
        event.preventDefault();
    })""")
    for place in ("#ink", "#tab-write"):
        page.focus(place)
        page.keyboard.press("Alt+ArrowLeft")
        assert page.evaluate("prevented") is False


def test_what_is_dropped_and_no_picture_is_said(open_page: Opener) -> None:
    page = open_page()
    page.evaluate("""() => {
        const moved = new DataTransfer();
        moved.setData("text/plain", "7");
        const options = {dataTransfer: moved, bubbles: true, cancelable: true};
        document.body.dispatchEvent(new DragEvent("drop", options));
    }""")
    page.wait_for_selector("#message.error:text('no picture file')")
    page.click("#language")
    assert page.locator("#message").inner_text().startswith("这不是图片文件")


def test_another_language_reaches_what_was_read(open_page: Opener) -> None:
    page = open_page()
    draw(page, SEVEN)
    wait_until_seen(page)
    page.click("#language")
    label = page.locator("#digits button").first.get_attribute("aria-label")
    assert label is not None
    assert label.endswith("第 1 行")
    assert "把握" in page.locator("#chosen-title").inner_text()
