"""One row per article, and which articles are near-copies of earlier ones."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

from model.batch import LabelledArticle
from model.labels import LABELS

__all__ = ["ARTICLE_FIELDS", "NearCopies", "article_row", "sketch"]

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


def article_row(article: LabelledArticle) -> dict[str, Any]:
    """Return the fields of `ARTICLE_FIELDS`; `copy_of` is None, see `NearCopies`."""
    predictions = article.predictions
    row: dict[str, Any] = {"article": article.id, "sentences": len(predictions)}
    for label in LABELS:
        held = [
            (p.probabilities[label], -index, p.sentence) for index, p in enumerate(predictions) if label in p.labels
        ]
        row |= {f"n_{label}": len(held), f"strongest_{label}": max(held)[-1] if held else None}
    undecided = sum(not p.decided for p in predictions)
    row |= {"share_undecided": round(undecided / max(1, len(predictions)), 4), "on_topic": article.on_topic}
    return row | {"copy_of": None}


def sketch(article: LabelledArticle) -> list[int]:
    """Return the smallest hashes of an article's sentences: what `NearCopies` compares.

    Source: bottom-k sketches, after Broder, On the resemblance and containment of documents, 1997.
    """
    hashes = set()
    for prediction in article.predictions:
        plain = " ".join(prediction.sentence.lower().split())
        digest = hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=7).digest()
        hashes.add(int.from_bytes(digest, "big"))
    return sorted(hashes)[:_SKETCH]


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
    smallest = sorted({*one, *other})[:_SKETCH]
    common = set(one) & set(other) & set(smallest)
    return len(common) >= _ALIKE * len(smallest)
