"""The documents: what they show is what happens."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import ROOT, Run
from model import LABELS
from model.artifact import default_path
from training.benchmark_table import table
from training.scaling import scaling_table

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [README, *(file.read_text(encoding="utf-8") for file in sorted((ROOT / "docs").glob("*.md")))]
BIN = Path(sys.executable).parent
COMMANDS = [
    line
    for page in PAGES
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("classify-news")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_documents_work(command: str, run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "articles", tmp_path / "tests" / "articles")
    shutil.copytree(ROOT / "tests" / "articles", tmp_path / "news")
    name, *arguments = shlex.split(command)
    done = run(str(BIN / name), *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.splitlines()[0])
def test_the_python_of_the_documents_works(page: str, run: Run, tmp_path: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        done = run(sys.executable, "-c", block, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark isn't installed")
def test_the_spark_example_prints_what_the_page_shows(run: Run, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python spark\n(.*?)```", page, re.DOTALL)
    done = run(sys.executable, "-c", block, cwd=tmp_path, environment={"PYSPARK_PYTHON": sys.executable})
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in page


def test_the_readme_links_to_files_that_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_figures_of_the_readme_are_those_of_the_shipped_model() -> None:
    metrics = json.loads((default_path() / "metrics.json").read_text(encoding="utf-8"))
    for name, figures in (
        ("cross-validation by story", metrics["cross_validation"]),
        ("real articles", metrics["real_news"]),
    ):
        for kind, reading in (("sentences alone", "alone"), ("articles in order", "in_context")):
            values = [figures[reading]["labels"][label]["f1"] for label in LABELS]
            numbers = [figures[reading]["macro_f1"], *values, figures[reading]["expected_calibration_error"]]
            assert " | ".join([f"| {name}, {kind}", *(f"{n:.3f}" for n in numbers)]) in README


def test_the_benchmark_table_of_the_readme_is_the_one_that_was_measured() -> None:
    folder = ROOT / "artifacts" / "benchmark"
    measured = (folder / "table.md").read_text(encoding="utf-8")
    assert measured.strip() in README
    assert measured == table(json.loads((folder / "benchmark.json").read_text(encoding="utf-8")))


def test_the_scaling_table_of_the_documents_is_the_one_that_was_measured() -> None:
    folder = ROOT / "artifacts" / "benchmark"
    measured = (folder / "scaling.md").read_text(encoding="utf-8")
    assert measured.strip() in (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    assert measured == scaling_table(json.loads((folder / "scaling.json").read_text(encoding="utf-8")))
