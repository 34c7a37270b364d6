"""What the tests share: the repository, a small model, commands run as processes, the page in a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from model import Predictor
from training.settings import Settings
from training.train import train

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
SMALL = Settings(folds=3)

settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a command as a user would, in a process of its own."""

    def start(*command: str, **options: object) -> subprocess.CompletedProcess[str]:
        keywords: dict[str, object] = {"capture_output": True, "text": True, "encoding": "utf-8", "cwd": ROOT}
        environment = {**os.environ, "COLUMNS": "120", **options.pop("environment", {})}  # type: ignore[dict-item]
        return subprocess.run(command, check=False, env=environment, **{**keywords, **options})  # type: ignore[call-overload, no-any-return]

    return start


@pytest.fixture(scope="session")
def classify(run: Run) -> Run:
    """Run `classify-news`."""
    return lambda *arguments, **options: run(str(Path(sys.executable).parent / "classify-news"), *arguments, **options)


@pytest.fixture(scope="session")
def few_seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two of the shipped seed files: enough to train in a second or two."""
    folder = tmp_path_factory.mktemp("seeds")
    for file in sorted((ROOT / "seeds").glob("uk_*.csv"))[:3]:
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture(scope="session")
def small_model(few_seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder trained on few seeds."""
    folder = tmp_path_factory.mktemp("model") / "small"
    train(few_seeds, folder, settings=SMALL)
    return folder


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """The shipped model."""
    return Predictor.load()


@pytest.fixture(scope="module")
def corrections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file to which the service adds corrections."""
    return tmp_path_factory.mktemp("stored") / "corrections.jsonl"


@pytest.fixture(scope="module")
def address(corrections: Path) -> Iterator[str]:
    """The address of a service with low limits."""
    from serving import serving

    limits = ("--maximum-megabytes", "0.1", "--maximum-sentences", "200")
    with serving("--corrections", str(corrections), *limits) as service:
        yield service.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser."""
    from pages import browsing

    with browsing() as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, as a new visitor gets it."""
    from pages import opened

    with opened(browser, address) as found:
        yield found
