"""The documents: what they show is what happens."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Run
from model import LABELS
from model.artifact import default_path

README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("classify-news")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_readme_work(command: str, run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "articles", tmp_path / "tests" / "articles")
    name, *arguments = shlex.split(command)
    done = run(str(BIN / name), *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_python_of_the_readme_works(run: Run, tmp_path: Path) -> None:
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        done = run(sys.executable, "-c", block, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


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
