"""The documents: what they show is what happens."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, Run
from model import LABELS
from model.artifact import default_path
from serving import serving
from training.benchmark_table import table
from training.load import load_table
from training.loop_report import loop_table
from training.scaling import scaling_table

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    file.name: file.read_text(encoding="utf-8") for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}
BIN = Path(sys.executable).parent
ELSEWHERE = ("pip install", "make ")
"""Lines that are tried by other tests: the wheel is installed, and CI runs make."""


def commands(page: str) -> list[str]:
    """The lines of a page that a reader would type, in order."""
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if not line.startswith(ELSEWHERE)]


@pytest.fixture
def desk(tmp_path: Path, few_seeds: Path) -> Path:
    """A folder with what the pages take for granted: articles, some seeds, two labelled files, wordings."""
    shutil.copytree(ROOT / "tests" / "articles", tmp_path / "tests" / "articles")
    shutil.copytree(ROOT / "tests" / "articles", tmp_path / "news")
    shutil.copytree(few_seeds, tmp_path / "seeds")
    shutil.copytree(ROOT / "seeds" / "readers", tmp_path / "seeds" / "readers")
    shutil.copytree(ROOT / "seeds" / "plan", tmp_path / "seeds" / "plan")
    (tmp_path / "seeds" / "germany_austria.csv").write_bytes((ROOT / "seeds" / "germany_austria.csv").read_bytes())
    for name, label in (("anna", "layoff"), ("ben", "none")):
        text = f"text,label\nThe mill will close.,layoff\nIt rained.,none\nSales fell.,{label}\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "ngrams.csv").write_text("ngram,articles\nsaid it,200\nwould cut,90\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_each_page_work_in_the_order_they_stand(name: str, run: Run, desk: Path) -> None:
    with ExitStack() as stack:
        for command in commands(PAGES[name]):
            program, *arguments = shlex.split(command)
            if program == "curl" and shutil.which(program) is None:
                pytest.skip("curl isn't installed")
            if arguments[:1] == ["serve"]:
                stack.enter_context(serving(*arguments[1:], folder=desk, port=8765))
                continue
            path = {"python": sys.executable, "classify-news": str(BIN / "classify-news")}.get(program, program)
            answers = "\n" * 100 if "review" in arguments else ""
            done = run(path, *arguments, cwd=desk, input=answers)
            assert done.returncode == 0, f"{command}\n{done.stderr}"


@pytest.mark.parametrize("name", PAGES)
def test_the_python_of_the_documents_works(name: str, run: Run, tmp_path: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", PAGES[name], re.DOTALL):
        done = run(sys.executable, "-c", block, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark isn't installed")
def test_the_spark_example_prints_what_the_page_shows(run: Run, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python spark\n(.*?)```", page, re.DOTALL)
    done = run(sys.executable, "-c", block, cwd=tmp_path, environment={"PYSPARK_PYTHON": sys.executable})
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in page


@pytest.mark.parametrize(
    "file", [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))], ids=str
)
def test_the_documents_link_to_files_that_exist(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


def test_the_image_is_built_from_files_that_exist_and_from_the_lock_file() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
    assert any("--constraint constraints.txt" in line for line in lines)
    assert any(line.startswith("USER ") for line in lines)
    assert any(line.startswith("HEALTHCHECK ") for line in lines)


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


@pytest.mark.parametrize(
    ("page", "folder", "name", "table"),
    [
        ("batch.md", "benchmark", "scaling", scaling_table),
        ("service.md", "benchmark", "load", load_table),
        ("training.md", "loop", "loop", loop_table),
    ],
)
def test_the_tables_of_the_documents_are_those_that_were_measured(
    page: str, folder: str, name: str, table: Callable[[dict[str, Any]], str]
) -> None:
    measured = (ROOT / "artifacts" / folder / f"{name}.md").read_text(encoding="utf-8")
    assert measured.strip() in PAGES[page]
    assert measured == table(json.loads((ROOT / "artifacts" / folder / f"{name}.json").read_text(encoding="utf-8")))
