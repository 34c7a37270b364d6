"""Text to measure speed on: as many different sentences as wanted, made of the halves of seed sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["recombined"]


def recombined(sentences: Sequence[str], count: int, seed: int) -> list[str]:
    """Return different sentences, each the first words of one sentence and the last words of another.

    They read as news does, word by word, and are as long; they need not make sense.

    Raises
    ------
    ValueError
        If so many can't be made.

    Examples
    --------
    >>> sorted(recombined(["Jobs will go.", "Sales fell again."], 4, 0))
    ['Jobs fell again.', 'Jobs will go.', 'Sales fell again.', 'Sales will go.']
    """
    words = [sentence.split() for sentence in sentences if len(sentence.split()) > 1]
    if len(words) ** 2 < count:
        raise ValueError(f"{len(words)} sentences can't make {count} different ones")
    draw = np.random.default_rng(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        for head, tail in draw.integers(0, len(words), (count, 2)).tolist():
            first, last = words[head], words[tail]
            found[" ".join([*first[: max(1, len(first) // 2)], *last[max(1, len(last) // 2) :]])] = None
    return list(found)[:count]
