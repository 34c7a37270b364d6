"""The wheel: installed in an empty environment, used from another folder."""

from __future__ import annotations

import sys
import venv
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT, Run


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_both_packages_and_the_shipped_model(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"model/default_artifact/{file.name}" for file in (ROOT / "artifacts" / "default").iterdir()}
    page = {f"model/service/page/{file.name}" for file in (ROOT / "model" / "service" / "page").iterdir()}
    assert shipped | page | {"model/py.typed", "model/predictor.py", "training/train.py"} <= names


def test_the_installed_wheel_predicts_from_any_folder(wheel: Path, tmp_path: Path, run: Run) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    bin_folder = tmp_path / "venv" / "bin"
    constraints = str(ROOT / "constraints.txt")
    done = run(str(bin_folder / "pip"), "install", "--quiet", "--constraint", constraints, str(wheel), cwd="/")
    assert done.returncode == 0, done.stderr
    done = run(str(bin_folder / "classify-news"), "predict", "-", cwd="/", input="The mill will close. 90 jobs go.")
    assert done.returncode == 0, done.stderr
    assert "layoff" in done.stdout
    page = (
        "<html><body><article>"
        + "<p>The mill will close with the loss of 90 jobs.</p>" * 5
        + "</article></body></html>"
    )
    done = run(str(bin_folder / "classify-news"), "predict", "-", "--strict", cwd="/", input=page)
    assert done.returncode == 0, done.stderr
    assert "compiled" in run(str(bin_folder / "classify-news"), "info", cwd="/").stdout
    code = "import model; print(model.__file__, model.Predictor.load().predict(['Jobs go.'])[0].sentence)"
    done = run(str(bin_folder / "python"), "-c", code, cwd="/")
    assert done.stdout.startswith(str(tmp_path))
    assert done.stdout.endswith("Jobs go.\n")
