"""The fixtures of the tests of the page: service, browser, page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pages import browsing, opened
from serving import serving

__all__ = ["address", "browser", "corrections", "page"]


@pytest.fixture(scope="module")
def corrections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file to which the service adds corrections."""
    return tmp_path_factory.mktemp("stored") / "corrections.jsonl"


@pytest.fixture(scope="module")
def address(corrections: Path) -> Iterator[str]:
    """The address of a service with low limits."""
    limits = ("--maximum-megabytes", "0.1", "--maximum-sentences", "200")
    with serving("--corrections", str(corrections), *limits) as service:
        yield service.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser."""
    with browsing() as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, as a new visitor gets it."""
    with opened(browser, address) as found:
        yield found
