"""Write a model folder: whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
from sklearn.pipeline import Pipeline

from model.artifact import MANIFEST, PIPELINE, WEIGHTS
from model.errors import InputError
from model.manifest import Manifest
from model.weights import weights_bytes
from training.measure import Measurement
from training.plots import plot_learning_curve, plot_precision_recall, plot_reliability
from training.report import write_report
from training.seeds import Seeds
from training.settings import Settings
from training.weights import weights_of

__all__ = ["whole_folder", "write_artifact"]

_LIBRARIES = ("restructuring-news", "numpy", "scipy", "scikit-learn", "joblib")
_COMPRESSION = 3


def write_artifact(
    folder: Path, pipeline: Pipeline, measurement: Measurement, settings: Settings, seeds: Seeds
) -> None:
    """Write pipeline, metrics, plots, report and manifest to a folder that then replaces the old one.

    Raises
    ------
    InputError
        If the folder can't be written, or holds something that isn't a model.
    """
    figures = measurement.figures
    with whole_folder(folder) as new:
        _drop_process_state(pipeline)
        joblib.dump(pipeline, new / PIPELINE, compress=_COMPRESSION)
        (new / WEIGHTS).write_bytes(weights_bytes(weights_of(pipeline, settings.prefix_length)))
        (new / "metrics.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        plot_precision_recall(new / "precision_recall.png", seeds.targets, measurement.scores, measurement.fit.alone)
        plot_reliability(new / "reliability.png", seeds.targets, measurement.scores)
        if "real_news" in figures:
            curve = figures["real_news"]["learning_curve"]
            plot_learning_curve(new / "learning_curve.png", curve["sentences"], curve, "Learning curve, real articles")
        write_report(new / "REPORT.md", pipeline, measurement, settings, seeds)
        manifest = Manifest(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            calibration=measurement.fit.calibration,
            alone=measurement.fit.alone,
            context=measurement.fit.context,
            in_context=measurement.fit.in_context,
            settings=asdict(settings),
            seeds={"fingerprint": seeds.fingerprint, **figures["seeds"]},
            versions={"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
            files={file.name: _sha256(file) for file in sorted(new.iterdir())},
            quality=_quality(figures),
        )
        (new / MANIFEST).write_text(json.dumps(manifest.to_json(), indent=2) + "\n", encoding="utf-8")


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a fresh folder that takes the place of `folder` only when the block ends without an error.

    Raises
    ------
    InputError
        If it can't be written, or `folder` holds something that isn't a model.
    """
    if folder.exists() and not (folder / MANIFEST).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: exists and isn't a model folder ({MANIFEST} is missing); name another one")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise InputError(f"{folder}: can't be written ({error.strerror})") from None
    new, old = work / "new", work / "old"
    try:
        new.mkdir()
        yield new
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    except OSError as error:
        raise InputError(f"{folder}: can't be written ({error.strerror})") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _drop_process_state(pipeline: Pipeline) -> None:
    """Drop the id() that a vectorizer keeps of this process, and that would make every pickle differ."""
    for _, vectorizer in pipeline[0].transformer_list:
        vectorizer.__dict__.pop("_stop_words_id", None)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _quality(figures: Mapping[str, Any]) -> dict[str, Any]:
    measured = {"cross-validation": figures["cross_validation"]}
    if "real_news" in figures:
        measured["real articles"] = figures["real_news"]
    return {
        f"macro-F1 by {name}": f"{each['alone']['macro_f1']:.3f} alone, {each['in_context']['macro_f1']:.3f} in context"
        for name, each in measured.items()
    }
