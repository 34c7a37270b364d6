"""One row per article, and which articles are near-copies of earlier ones."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from model.columns import Columns
from model.labels import LABELS

try:
    from model._sketch import sketches as compiled
except ImportError:  # no C compiler when the package was installed
    compiled = None  # type: ignore[assignment]

__all__ = ["ARTICLE_FIELDS", "NearCopies", "article_rows", "sketch", "sketches"]

ARTICLE_FIELDS: tuple[str, ...] = (
    "article",
    "sentences",
    *(f"n_{label}" for label in LABELS),
    *(f"strongest_{label}" for label in LABELS),
    "share_undecided",
    "on_topic",
    "copy_of",
)
"""The fields of a row of ``--articles``; `strongest_` is the sentence with a label's highest probability."""

_SKETCH = 16
_KEYS = 4
_ALIKE = 0.5
_REMEMBERED = 50_000


def article_rows(names: Sequence[str], columns: Columns) -> list[dict[str, Any]]:
    """Return the fields of `ARTICLE_FIELDS` for each article, given their ids; `copy_of` is None, see `NearCopies`."""
    verdicts, count = columns.verdicts, len(names)
    article = np.repeat(np.arange(count), columns.sizes)
    undecided = np.bincount(article, ~verdicts.decided, count) / np.maximum(1, columns.sizes)
    rows: list[dict[str, Any]] = [
        {"article": name, "sentences": size} for name, size in zip(names, columns.sizes, strict=True)
    ]
    for column, label in enumerate(LABELS):
        held = np.flatnonzero(verdicts.holds[:, column])
        numbers = np.bincount(article[held], minlength=count).tolist()
        order = np.lexsort((held, -verdicts.probabilities[held, column], article[held]))
        strongest = iter(held[order[np.unique(article[held][order], return_index=True)[1]]].tolist())
        for row, number in zip(rows, numbers, strict=True):
            row[f"n_{label}"] = number
            row[f"strongest_{label}"] = columns.texts[next(strongest)] if number else None
    for row, share, known in zip(rows, undecided.tolist(), columns.on_topic, strict=True):
        row |= {"share_undecided": round(share, 4), "on_topic": known, "copy_of": None}
    return rows


def sketches(columns: Columns) -> list[list[int]]:
    """Return the smallest hashes of each article's sentences: what `NearCopies` compares.

    Source: bottom-k sketches, after Broder, On the resemblance and containment of documents, 1997.
    """
    if compiled is not None:
        return compiled(columns.texts, columns.sizes)
    return [sketch(columns.texts[start:end]) for start, end in columns.places()]


def sketch(sentences: Sequence[str]) -> list[int]:
    """Return the sketch of one article, without the compiled part."""
    plain = (" ".join(text.split()) if "\n" in text else text for text in sentences)
    return sorted({zlib.crc32(text.encode()) for text in plain})[:_SKETCH]


class NearCopies:
    """Finds articles that share at least half of their sentences with an earlier one.

    The last 50,000 different articles are remembered, so that memory stays the same in long streams.
    """

    def __init__(self) -> None:
        self._sketches: OrderedDict[str, list[int]] = OrderedDict()
        self._holders: dict[int, str] = {}

    def first_of(self, name: str, hashes: list[int]) -> str | None:
        """Return the id of the earlier article that this one is a near-copy of, or None, and remember it."""
        if not hashes:
            return None
        for key in hashes[:_KEYS]:
            holder = self._holders.get(key)
            if holder is not None and holder in self._sketches and _alike(hashes, self._sketches[holder]):
                return holder
        self._remember(name, hashes)
        return None

    def _remember(self, name: str, hashes: list[int]) -> None:
        self._sketches[name] = hashes
        for key in hashes[:_KEYS]:
            self._holders.setdefault(key, name)
        if len(self._sketches) > _REMEMBERED:
            oldest, forgotten = self._sketches.popitem(last=False)
            for key in forgotten[:_KEYS]:
                if self._holders.get(key) == oldest:
                    del self._holders[key]


def _alike(one: list[int], other: list[int]) -> bool:
    """Estimate the share of common sentences from two sketches."""
    both = set(one).intersection(other)
    size = min(_SKETCH, len(one) + len(other) - len(both))
    if len(both) < _ALIKE * size:
        return False
    smallest = sorted({*one, *other})[:size]
    return len(both.intersection(smallest)) >= _ALIKE * size
