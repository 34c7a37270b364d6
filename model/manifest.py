"""What `manifest.json` says, checked field by field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from model.context import NEIGHBOURS, Context
from model.labels import LABELS

__all__ = ["FORMAT", "Calibration", "Cut", "Manifest", "parse_manifest"]

FORMAT = 3


@dataclass(frozen=True)
class Calibration:
    """Platt scaling of one label: log-odds = slope * decision + intercept."""

    slope: float
    intercept: float


@dataclass(frozen=True)
class Cut:
    """How the probability of one label is read.

    The label holds from `threshold` on. From `low` on and below `high` the answer is for review: in
    cross-validation, answers outside the bands of all labels were right in nine of ten cases.
    """

    threshold: float
    low: float
    high: float


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` says.

    `alone` holds the cuts of sentences judged alone, `in_context` those of articles. `files` maps
    each file's name to its sha256. `quality` is what `classify-news info` prints of `metrics.json`.
    """

    created: str
    calibration: Mapping[str, Calibration]
    alone: Mapping[str, Cut]
    context: Context
    in_context: Mapping[str, Cut]
    settings: Mapping[str, Any]
    seeds: Mapping[str, Any]
    versions: Mapping[str, str]
    files: Mapping[str, str]
    quality: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The first letters of the hash of the weights: which model this is."""
        return self.files["weights.npz"][:12]

    def to_json(self) -> dict[str, Any]:
        """Return the content of `manifest.json`."""
        return {"format": FORMAT, "labels": list(LABELS), **asdict(self)}


def parse_manifest(content: Any) -> Manifest:
    """Check the content of `manifest.json`.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError
        If a field is missing or wrong; the message names it.
    """
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r} is unknown (this version reads {FORMAT})")
    if content["labels"] != list(LABELS):
        raise ValueError(f"'labels' is {content['labels']!r}, not {list(LABELS)!r}")
    return Manifest(
        created=str(content["created"]),
        calibration={label: _calibration(content, label) for label in LABELS},
        alone={label: _cut(content, "alone", label) for label in LABELS},
        context=_context(content),
        in_context={label: _cut(content, "in_context", label) for label in LABELS},
        **{name: dict(content[name]) for name in ("settings", "seeds", "versions", "files", "quality")},
    )


def _calibration(content: Any, label: str) -> Calibration:
    slope = _number(content, "calibration", label, "slope")
    if slope <= 0:
        raise ValueError(f"'calibration.{label}.slope' must be positive")
    return Calibration(slope, _number(content, "calibration", label, "intercept"))


def _cut(content: Any, kind: str, label: str) -> Cut:
    low, threshold, high = (_probability(content, kind, label, name) for name in ("low", "threshold", "high"))
    if not low <= threshold <= high:
        raise ValueError(f"'{kind}.{label}' must hold low <= threshold <= high")
    return Cut(threshold, low, high)


def _context(content: Any) -> Context:
    return Context(
        prior={label: _probability(content, "context", "prior", label) for label in LABELS},
        topic_prior=_probability(content, "context", "topic_prior"),
        own={label: _number(content, "context", "own", label) for label in LABELS},
        intercept={label: _number(content, "context", "intercept", label) for label in LABELS},
        weights={
            label: {
                neighbour: {other: _number(content, "context", "weights", label, neighbour, other) for other in LABELS}
                for neighbour in NEIGHBOURS
            }
            for label in LABELS
        },
        off_topic={label: _number(content, "context", "off_topic", label) for label in LABELS},
    )


def _number(content: Any, *keys: str) -> float:
    value = content
    for key in keys:
        value = value[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{'.'.join(keys)!r} must be a finite number, not {value!r}")
    return float(value)


def _probability(content: Any, *keys: str) -> float:
    value = _number(content, *keys)
    if not 0 < value <= 1:
        raise ValueError(f"{'.'.join(keys)!r} must lie above 0 and up to 1, not {value!r}")
    return value
