"""The documents: what they show is what happens."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Run

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
