"""Which n-grams decided, how much each weighed, and where they stand in the sentence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.labels import LABELS
from model.weights import Block, Weights

__all__ = ["Contribution", "Explainer", "Explanation", "RawExplanation"]

Place = tuple[int, int]
Places = tuple[Place, ...]
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Contribution:
    """One n-gram's part in a decision value.

    `places` are (start, end) in characters of the sentence, one for each time it stands there;
    `weight` counts them all.
    """

    ngram: str
    weight: float
    places: Places


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
    """The part of an `Explanation` that the weights alone know."""

    decision: float
    intercept: float
    contributions: tuple[Contribution, ...]


class Explainer:
    """Takes decision values apart.

    Parameters
    ----------
    weights
        The model.
    """

    def __init__(self, weights: Weights) -> None:
        self._intercept = weights.intercept
        self._prefix_length = weights.prefix_length
        self._words = _Features(weights.word_list, weights.words)
        self._prefixes = _Features(weights.prefix_list, weights.prefixes)
        self._vocabulary = _Features(weights.word_list, weights.vocabulary)

    def explain(self, sentence: str) -> dict[str, RawExplanation]:
        """Take the decision values of one sentence apart, for each label."""
        origin = _origins(sentence)
        matches = list(_WORD.finditer(sentence.lower()))
        words = [_token(match, origin, len(match.group())) for match in matches]
        prefixes = [_token(match, origin, self._prefix_length) for match in matches]
        found: dict[tuple[str, Places], NDArray[np.float64]] = {}
        for features, tokens in ((self._words, words), (self._prefixes, prefixes), (self._vocabulary, words)):
            for key, weights in features.weigh(tokens):
                found[key] = found[key] + weights if key in found else weights
        columns = np.array([*found.values()]).reshape(-1, len(LABELS)).T.tolist()
        return {
            label: _of_label(list(found), weights, float(intercept))
            for label, weights, intercept in zip(LABELS, columns, self._intercept, strict=True)
        }


def _of_label(keys: Sequence[tuple[str, Places]], weights: Sequence[float], intercept: float) -> RawExplanation:
    parts = [Contribution(ngram, weight, places) for (ngram, places), weight in zip(keys, weights, strict=True)]
    parts.sort(key=lambda part: (-abs(part.weight), part.ngram))
    return RawExplanation(intercept + sum(weights), intercept, tuple(parts))


class _Features:
    """One block of features, found by n-gram."""

    def __init__(self, tokens: Sequence[str], block: Block) -> None:
        self._names = tokens
        self._tokens = {token: number for number, token in enumerate(tokens)}
        self._pairs = {(first, second): number for number, (first, second) in enumerate(block.pairs.tolist())}
        self._block = block

    def weigh(self, tokens: Sequence[tuple[str, Place]]) -> Iterator[tuple[tuple[str, Places], NDArray[np.float64]]]:
        """Yield each known n-gram with its places, and its weight for each label, shape (4,)."""
        single: dict[int, list[Place]] = defaultdict(list)
        double: dict[int, list[Place]] = defaultdict(list)
        before, start = None, 0
        for token, (first, last) in tokens:
            number = self._tokens.get(token)
            if number is not None:
                single[number].append((first, last))
                pair = self._pairs.get((before, number)) if before is not None else None
                if pair is not None:
                    double[pair].append((start, last))
            before, start = number, first
        block = self._block
        ones, twos = list(single), list(double)
        places = [*single.values(), *double.values()]
        idf = np.concatenate([block.idf[ones], block.pair_idf[twos]])
        coefficients = np.concatenate([block.coefficients[ones], block.pair_coefficients[twos]])
        values = (1 + np.log([len(where) for where in places])) * idf
        weights = (values / (np.linalg.norm(values) or 1.0))[:, None] * coefficients
        names = [self._names[number] for number in ones]
        names += [" ".join(self._names[number] for number in block.pairs[pair]) for pair in twos]
        for name, where, weight, known in zip(names, places, weights, idf, strict=True):
            if known:
                yield (name, tuple(where)), weight


def _token(match: re.Match[str], origin: list[int], length: int) -> tuple[str, Place]:
    """Return the first letters of a word, and their place in the sentence."""
    token = match.group()[:length]
    return token, (origin[match.start()], origin[match.start() + len(token) - 1] + 1)


def _origins(sentence: str) -> list[int]:
    """Map places in the lower-cased sentence to the sentence (lower-casing may lengthen a character)."""
    return [index for index, character in enumerate(sentence) for _ in character.lower()]
