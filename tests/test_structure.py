"""How the project is built."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import model
import training
from conftest import ROOT

FILES = [*(ROOT / "model").rglob("*.py"), *(ROOT / "training").glob("*.py")]
MODULES = [
    found.name
    for package in (model, training)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def imports(file: Path) -> set[str]:
    """The modules of this project that a file imports, wherever the import stands."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name for name in names if name.partition(".")[0] in {"model", "training"}}


@pytest.mark.parametrize("file", sorted((ROOT / "model").rglob("*.py")), ids=lambda file: file.name)
def test_model_never_imports_training(file: Path) -> None:
    assert not {name for name in imports(file) if name.startswith("training")}


def test_imports_make_no_circle() -> None:
    graph = {module_of(file): imports(file) for file in FILES if file.stem != "__init__"}
    while graph:
        leaves = {name for name, needs in graph.items() if not needs & graph.keys() - {name}}
        assert leaves, f"circle among {sorted(graph)}"
        graph = {name: needs for name, needs in graph.items() if name not in leaves}


@pytest.mark.parametrize("name", MODULES)
def test_all_names_exist_and_are_public(name: str) -> None:
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", []):
        assert hasattr(module, public)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_files_stay_under_300_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300
