"""What the tests of the page share: the browser, and what one does with the page in it."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["CHROMIUM", "answer", "browsing", "example", "mark", "needs_browser", "opened", "shown"]

CHROMIUM = shutil.which("chromium")
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
_SHOWN = """all => all.map(each => {
  const letters = [...each.querySelectorAll("sup")].map(sup => sup.textContent).join("");
  return [each.textContent.slice(0, each.textContent.length - letters.length), letters];
})"""

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here (apt-get install chromium)")


@contextmanager
def browsing() -> Iterator[Browser]:
    """Run Debian's browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Open the page anew; no script of it may fail, and nothing may break the policy."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"], **options) as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.extend([line.text] if "Content Security Policy" in line.text else []))
        page.goto(address)
        yield page
        assert not faults


def answer(address: str, text: str) -> list[dict[str, Any]]:
    """Return what the service says of the sentences of an article."""
    body = json.dumps({"articles": [{"id": "page", "text": text}]}).encode()
    request = urllib.request.Request(f"{address}/v1/articles", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request) as response:  # noqa: S310
        return list(json.load(response)[0]["sentences"])


def mark(page: Page, text: str) -> None:
    """Type an article and have it marked."""
    page.get_by_label("Article", exact=True).fill(text)
    page.get_by_role("button", name="Mark the sentences").click()
    page.locator(".sentence").first.wait_for()


def example(page: Page) -> None:
    """Have the example marked."""
    page.get_by_role("button", name="Try an example").click()
    page.locator(".sentence").first.wait_for()


def shown(page: Page) -> list[tuple[str, str]]:
    """Return the text and the letters of each sentence."""
    return [(text, letters) for text, letters in page.locator(".sentence").evaluate_all(_SHOWN)]
