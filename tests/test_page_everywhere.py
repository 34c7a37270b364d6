"""The page of the service on a phone, in the dark, behind a token, with files, and when something goes wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import ROOT, Run
from pages import example, mark, needs_browser, opened, shown
from serving import serving

pytestmark = needs_browser

PAGE = ROOT / "model" / "service" / "page"
TOKEN = "a secret that only this test knows"  # noqa: S105 - it opens nothing
HTML = b"<nav>Menu</nav><article><h1>Mill shuts</h1><p>90 jobs&nbsp;go.<script>hacked = 1</script></article><p>Ads"
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((value, i) => (value * a + under[i] * (255 - a)) / 255);
  const white = [255, 255, 255];
  const ground = (e) => (e ? over(rgba(getComputedStyle(e).backgroundColor), ground(e.parentElement)) : white);
  const linear = (value) => (value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement: e } = walker.currentNode;
    if (!data.trim() || !e.checkVisibility() || e.closest(".hidden")) continue;
    const under = ground(e);
    const ratio = light(over(rgba(getComputedStyle(e).color), under)) / light(under);
    found.push([Math.max(ratio, 1 / ratio), data]);
  }
  return found;
}"""


def drop(page: Page, name: str, content: bytes) -> None:
    script = """([name, bytes]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], name));
      return transfer;
    }"""
    page.dispatch_event("body", "drop", {"dataTransfer": page.evaluate_handle(script, [name, list(content)])})


def test_the_example_shows_every_label_and_a_sentence_for_review(page: Page) -> None:
    example(page)
    assert set("LIPC*") == set("".join(letters for _, letters in shown(page)))
    assert page.locator(".sentence.review").count() == 2


def test_a_phone_shows_all_without_scrolling_sideways(browser: Browser, address: str) -> None:
    with opened(browser, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
        width = "document.documentElement.scrollWidth"
        assert page.evaluate(width) == 390
        mark(page, f"The plant will close. {'long' * 100}. {'Sales fell by a third because of weak demand. ' * 30}")
        assert page.evaluate(width) == 390
        page.locator(".sentence").nth(20).tap()
        page.locator(".words").first.wait_for()
        assert page.evaluate(width) == 390
        sentence, sheet = page.locator(".sentence").nth(20).bounding_box(), page.locator("#panel").bounding_box()
        assert sentence
        assert sheet
        assert 0 <= sentence["y"] < sentence["y"] + sentence["height"] <= sheet["y"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_in_dark(browser: Browser, address: str, scheme: Literal["light", "dark"]) -> None:
    with opened(browser, address, color_scheme=scheme, reduced_motion="reduce") as page:
        ratios = page.evaluate(CONTRASTS)
        example(page)
        page.locator(".sentence").nth(9).click()
        page.locator(".words").first.wait_for()
        page.locator(".filter.cause").click()
        ratios += page.evaluate(CONTRASTS)
        assert len(ratios) > 80
        assert not [(ratio, text) for ratio, text in ratios if ratio < 4.5]
        assert page.evaluate("getComputedStyle(document.querySelector('.fill')).transitionDuration") == "0s"
        light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert light == (scheme == "light")


def test_no_request_leaves_the_origin(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    drop(
        page,
        "a.html",
        b"<img src='http://example.org/a.png'><link href='//example.org/b.css'><p>Jobs go.",
    )
    page.locator(".sentence").first.click()
    page.locator(".words").first.wait_for()
    assert {f"{address}/v1/articles", f"{address}/v1/explain", f"{address}/page/page.css"} <= set(asked)
    assert all(url.startswith(f"{address}/") for url in asked)


def test_the_page_weighs_less_than_100_kb() -> None:
    assert sum(file.stat().st_size for file in PAGE.iterdir()) < 100_000


def test_no_file_of_the_page_has_more_than_300_lines() -> None:
    assert max(len(file.read_text(encoding="utf-8").splitlines()) for file in PAGE.iterdir()) <= 300


@pytest.mark.parametrize(
    ("name", "content", "marked"),
    [
        ("a.txt", "The caf\u00e9 will close.".encode("cp1252"), ["The café will close."]),
        ("a.md", "\ufeffJobs go.".encode("utf-16-le"), ["Jobs go."]),
        ("a.html", HTML, ["Mill shuts", "90 jobs go."]),
    ],
)
def test_a_dropped_file_is_read_as_what_it_is(page: Page, name: str, content: bytes, marked: list[str]) -> None:
    drop(page, name, content)
    expect(page.locator("#article p")).to_have_count(len(marked))
    assert [text for text, _ in shown(page)] == marked
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * 5_000_001, "a.txt is too large: 5.0 MB, and at most 5.0 MB can be read."),
        (b"\x89PNG\x00\x01", "a.txt isn't text."),
        (b" \n", "a.txt holds no text."),
    ],
)
def test_a_file_that_cant_be_read_is_named(page: Page, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    page.get_by_label("Article", exact=True).fill("Typed before.")
    page.locator("#file").set_input_files(tmp_path / "a.txt")
    expect(page.get_by_role("alert")).to_contain_text(message)
    assert page.get_by_label("Article", exact=True).input_value() == "Typed before."


def test_a_text_that_is_replaced_can_be_brought_back(page: Page) -> None:
    page.get_by_label("Article", exact=True).fill("Typed before.")
    example(page)
    page.get_by_role("button", name="Bring it back").click()
    assert page.get_by_label("Article", exact=True).input_value() == "Typed before."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Jobs will go. " * 10_000, "The article is too long for this service."),
        ("Jobs will go. " * 300, "hold 300 sentences, the limit is 200"),
        (" \n", "There is no text to mark."),
    ],
)
def test_an_error_shows_a_message_and_keeps_the_text(page: Page, text: str, message: str) -> None:
    page.get_by_label("Article", exact=True).fill(text)
    page.get_by_role("button", name="Mark the sentences").click()
    expect(page.get_by_role("alert")).to_contain_text(message)
    assert page.get_by_label("Article", exact=True).input_value() == text


def test_what_a_proxy_refuses_is_said_in_words(page: Page) -> None:
    headers = {"Retry-After": "7", "Content-Type": "text/html"}
    page.route("**/v1/articles", lambda route: route.fulfill(status=429, headers=headers, body="<h1>429</h1>"))
    page.get_by_role("button", name="Try an example").click()
    expect(page.get_by_role("alert")).to_have_text("Too many requests in a short time. Try again in 7 s.")


def test_a_correction_that_cant_be_stored_stays_as_it_was_chosen(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "corrections.jsonl"
    with serving("--corrections", str(file)) as service, opened(browser, service.url) as page:
        file.mkdir()
        example(page)
        page.locator(".sentence").first.click()
        page.locator(".choice.cause").click()
        page.get_by_role("button", name="Save correction").click()
        expect(page.locator(".said")).to_contain_text("Not saved. The service can't do this just now.")
        expect(page.get_by_role("checkbox", name="cause")).to_be_checked()


def test_a_token_is_asked_for_and_then_sent(browser: Browser) -> None:
    secret = {"CLASSIFY_NEWS_TOKEN": TOKEN}
    with serving(environment=secret) as service, opened(browser, service.url) as page:
        expect(page.get_by_role("alert")).to_have_text("This service wants a token.")
        page.get_by_label("Token").fill("a wrong one, ✓")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("The service doesn't take this token.")
        page.get_by_label("Token").fill(TOKEN)
        page.keyboard.press("Enter")
        expect(page.locator("#model")).to_contain_text("Model ")
        example(page)
        page.reload()
        example(page)
        page.locator(".sentence").first.click()
        page.locator(".words").first.wait_for()
        expect(page.get_by_role("button", name="Confirm")).to_have_count(0)


def test_the_pictures_of_the_readme_are_taken(run: Run, tmp_path: Path) -> None:
    done = run(sys.executable, "tests/screenshots.py", str(tmp_path / "images"))
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (tmp_path / "images").glob("*.png")} == {"page-wide.png", "page-phone.png"}
