"""Which n-grams decided, how much each weighed, and where they stand in the sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from model.labels import LABELS

__all__ = ["Contribution", "Explanation", "explain_sentence"]

Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Contribution:
    """One n-gram's part in a decision value.

    `places` are (start, end) in characters of the sentence, one for each time it stands there;
    `weight` counts them all.
    """

    ngram: str
    weight: float
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Explanation:
    """Why one label holds or doesn't: ``intercept + sum of weights == decision``.

    `contributions` are ordered by the size of their weight, the largest first.
    """

    label: str
    decision: float
    intercept: float
    probability: float
    threshold: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class RawExplanation:
    """The part of an `Explanation` that the pipeline alone knows."""

    decision: float
    intercept: float
    contributions: tuple[Contribution, ...]


def explain_sentence(pipeline: Any, sentence: str) -> dict[str, RawExplanation]:
    """Take the decision values of one sentence apart, for each label.

    Works for a union of word-level `TfidfVectorizer`s followed by one linear model per label.
    """
    names, spans = [], []
    lowered = sentence.lower()
    origin = _origins(sentence)
    for _, vectorizer in pipeline[0].transformer_list:
        names += list(vectorizer.get_feature_names_out())
        spans.append(_ngram_places(vectorizer, lowered))
    row = pipeline[:-1].transform([sentence])
    sizes = [len(vectorizer.vocabulary_) for _, vectorizer in pipeline[0].transformer_list]
    starts = list(accumulate(sizes, initial=0))
    answer = {}
    for label, estimator in zip(LABELS, pipeline[-1].estimators_, strict=True):
        found: dict[tuple[str, tuple[tuple[int, int], ...]], float] = defaultdict(float)
        for column, value in zip(row.indices, row.data, strict=True):
            block = bisect_right(starts, column) - 1
            places = tuple((origin[a], origin[b - 1] + 1) for a, b in spans[block][names[column]])
            found[names[column], places] += float(value * estimator.coef_[0, column])
        parts = [Contribution(ngram, weight, places) for (ngram, places), weight in found.items()]
        parts.sort(key=lambda part: (-abs(part.weight), part.ngram))
        intercept = float(estimator.intercept_[0])
        answer[label] = RawExplanation(intercept + sum(part.weight for part in parts), intercept, tuple(parts))
    return answer


def _origins(sentence: str) -> list[int]:
    """Map places in the lower-cased sentence to the sentence (lower-casing may lengthen a character)."""
    return [index for index, character in enumerate(sentence) for _ in character.lower()]


def _ngram_places(vectorizer: Any, lowered: str) -> dict[str, Spans]:
    places: dict[str, Spans] = defaultdict(list)
    for ngram, start, end in _ngrams(vectorizer, lowered):
        places[ngram].append((start, end))
    return places


def _ngrams(vectorizer: Any, lowered: str) -> Iterator[tuple[str, int, int]]:
    tokens = [match.span(match.lastindex or 0) for match in re.finditer(vectorizer.token_pattern, lowered)]
    shortest, longest = vectorizer.ngram_range
    for size in range(shortest, longest + 1):
        for first in range(len(tokens) - size + 1):
            window = tokens[first : first + size]
            yield " ".join(lowered[a:b] for a, b in window), window[0][0], window[-1][1]
