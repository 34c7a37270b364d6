"""The pictures of the page for the README: ``python tests/screenshots.py DIR``; needs Debian's chromium."""

from __future__ import annotations

import sys
from pathlib import Path

from pages import browsing, example, opened
from serving import serving

__all__ = ["main"]

_PICTURES = {"page-wide.png": (1100, 800), "page-phone.png": (390, 844)}
_LARGEST = 250_000
_SENTENCE = 1


def main(folder: Path) -> None:
    """Take the pictures, with the example article and one sentence selected."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving("--corrections", str(folder.absolute() / "corrections.jsonl")) as service, browsing() as browser:
        for name, (width, height) in _PICTURES.items():
            with opened(browser, service.url, viewport={"width": width, "height": height}) as page:
                example(page)
                page.locator(".sentence").nth(_SENTENCE).click()
                page.locator(".words").first.wait_for()
                page.screenshot(path=folder / name, animations="disabled")
            size = (folder / name).stat().st_size
            print(f"{folder / name}: {size / 1000:.0f} kB")
            if size >= _LARGEST:
                sys.exit(f"{folder / name}: must be smaller than {_LARGEST / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
