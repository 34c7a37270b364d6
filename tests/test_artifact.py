"""Opening a model folder: verified first, then read."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from model import ArtifactError, Predictor
from model.artifact import load_pipeline
from model.unpickle import load_checked


@pytest.fixture
def copy(small_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_model, tmp_path / "copy"))


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def sign(folder: Path, name: str = "pipeline.joblib") -> None:
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    edit(folder, lambda manifest: manifest["files"].update({name: digest}))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"nowhere: no model here"):
        Predictor.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["weights.npz", "pipeline.joblib", "REPORT.md"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ArtifactError, match=rf"{name}: can't be read"):
        Predictor.load(copy)


@pytest.mark.parametrize("name", ["weights.npz", "pipeline.joblib"])
@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data[:-1] + b"x", lambda _: b""])
def test_a_truncated_or_changed_file_is_refused_by_name(copy: Path, name: str, spoil: Callable[[bytes], bytes]) -> None:
    file = copy / name
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(ArtifactError, match=rf"{name}: its sha256 isn't the one"):
        Predictor.load(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.update(format=99), "format 99 is unknown"),
        (lambda m: m.update(labels=["a"]), "'labels' is"),
        (lambda m: m["alone"].pop("cause"), "'cause' is missing"),
        (lambda m: m["alone"]["cause"].update(high=1.5), r"'alone\.cause\.high' must lie above 0"),
        (lambda m: m["in_context"]["cause"].update(low=0.99), r"'in_context\.cause' must hold low <= threshold"),
        (lambda m: m["context"]["weights"]["layoff"].pop("after"), "'after' is missing"),
        (lambda m: m["calibration"]["cause"].update(slope="3"), r"'calibration\.cause\.slope' must be a finite"),
        (lambda m: m["calibration"]["cause"].update(slope=-1), r"'calibration\.cause\.slope' must be positive"),
        (lambda m: m["files"].clear(), r"'files' doesn't list weights\.npz"),
        (lambda m: m.pop("files"), "'files' is missing"),
        (lambda m: m.clear(), "'format' is missing"),
    ],
)
def test_a_manifest_that_is_not_as_it_should_be_is_refused_by_field(
    copy: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    edit(copy, change)
    with pytest.raises(ArtifactError, match=message):
        Predictor.load(copy)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"3"])
def test_a_manifest_that_is_not_json_is_refused(copy: Path, content: bytes) -> None:
    (copy / "manifest.json").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"manifest\.json"):
        Predictor.load(copy)


def test_a_model_of_another_scikit_learn_is_refused_by_version(copy: Path) -> None:
    edit(copy, lambda manifest: manifest["versions"].update({"scikit-learn": "0.24.2"}))
    with pytest.raises(ArtifactError, match=r"written by scikit-learn 0\.24\.2"):
        load_pipeline(copy)


def test_a_model_of_another_scikit_learn_still_predicts(copy: Path) -> None:
    before = Predictor.load(copy).predict(["The mill will close with the loss of 90 jobs."])
    edit(copy, lambda manifest: manifest["versions"].update({"scikit-learn": "0.24.2"}))
    assert Predictor.load(copy).predict(["The mill will close with the loss of 90 jobs."]) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays.pop("intercept"), "'intercept' is missing"),
        (lambda arrays: arrays.update(intercept=np.zeros(3)), r"'intercept' must hold finite numbers of shape \(4,\)"),
        (lambda arrays: arrays["words.idf"].fill(np.nan), r"'words\.idf' must hold finite numbers"),
        (lambda arrays: arrays.update({"words.idf": arrays["words.idf"][:-1]}), r"'words\.idf' must hold finite"),
        (lambda arrays: arrays["prefixes.pairs"].fill(4_000_000_000), "'prefixes.pairs' names a token"),
        (lambda arrays: arrays.update({"words.pairs": arrays["words.pairs"].ravel()}), r"shape \(b, 2\)"),
        (lambda arrays: arrays.update({"vocabulary.pairs": arrays["words.pairs"]}), "must be empty"),
        (lambda arrays: arrays.update(prefix_length=np.array(0)), "'prefix_length' must be a positive"),
        (lambda arrays: arrays.update(word_list=np.frombuffer(b"a\na", np.uint8)), "'word_list' must hold different"),
        (lambda arrays: arrays.update(word_list=np.array([255], np.uint8)), "can't decode byte"),
        (lambda arrays: arrays.update(word_list=np.zeros(3)), "'word_list' must be bytes"),
    ],
)
def test_weights_that_are_not_as_they_should_be_are_refused_by_field(
    copy: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with np.load(copy / "weights.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    change(arrays)
    np.savez(copy / "weights.npz", **arrays)
    sign(copy, "weights.npz")
    with pytest.raises(ArtifactError, match=rf"weights\.npz: .*{message}"):
        Predictor.load(copy)


def test_weights_of_python_objects_are_refused(copy: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    np.savez(copy / "weights.npz", intercept=np.array([Payload(os.system, f"touch {mark}")], dtype=object))
    sign(copy, "weights.npz")
    with pytest.raises(ArtifactError, match=r"weights\.npz: .*allow_pickle=False"):
        Predictor.load(copy)
    assert not mark.exists()


class Payload:
    """Runs a command when unpickled."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


def payloads(mark: Path) -> list[object]:
    return [
        Payload(os.system, f"touch {mark}"),
        Payload(eval, f"open({str(mark)!r}, 'w')"),
        {"deep": [({"in": Payload(os.system, f"touch {mark}")},)]},
        np.array([Payload(os.system, f"touch {mark}")], dtype=object),
        Payload(exec, f"open({str(mark)!r}, 'w')"),
        Payload(pickle.loads, pickle.dumps(Payload(os.system, f"touch {mark}"))),
    ]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("compress", [0, 3])
def test_a_hostile_pickle_is_refused_before_its_payload_runs(
    copy: Path, tmp_path: Path, number: int, compress: int
) -> None:
    mark = tmp_path / "ran"
    joblib.dump(payloads(mark)[number], copy / "pipeline.joblib", compress=compress)
    sign(copy)
    with pytest.raises(ArtifactError, match=r"pipeline\.joblib: refused"):
        load_pipeline(copy)
    assert not mark.exists()


def test_the_same_payload_does_run_where_nothing_checks_it(tmp_path: Path) -> None:
    joblib.dump(payloads(tmp_path / "ran")[0], tmp_path / "x.joblib")
    joblib.load(tmp_path / "x.joblib")
    assert (tmp_path / "ran").exists()


def test_damaged_bytes_are_refused_with_one_line() -> None:
    buffer = io.BytesIO()
    joblib.dump({"a": 1}, buffer)
    with pytest.raises(ArtifactError, match="not a readable joblib file"):
        load_checked(buffer.getvalue()[:-3], "x.joblib")
