"""Find sentences that differ only in their names and numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

__all__ = ["near_duplicates", "skeleton"]

Trigram = tuple[str, str, str]

_TOKEN = re.compile(r"[£$€]?\d[\d.,]*\w*|\w+(?:['’]\w+)?")
_SHORTEST = 4
_SIMILARITY = 0.7
_COMMONEST = 50


def skeleton(sentence: str) -> list[str]:
    """Return the words of a sentence in lower case, numbers as ``#``, names (capitals) dropped.

    >>> skeleton("Ford said it would cut 1,700 jobs in Wales.")
    ['ford', 'said', 'it', 'would', 'cut', '#', 'jobs', 'in']
    """
    words = []
    for place, match in enumerate(_TOKEN.finditer(sentence)):
        word = match.group()
        if any(character.isdigit() for character in word):
            words.append("#")
        elif place == 0 or not word[0].isupper():
            words.append(word.lower())
    return words


def near_duplicates(sentences: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs (earlier, later) of sentences that are the same but for names and numbers.

    Two skeletons count as the same if they are equal (the first word left out, as it may be a
    name), or if the Jaccard similarity of their word trigrams is at least 0.7. Skeletons of fewer
    than four words are too short to say.
    """
    exact: dict[tuple[str, ...], int] = {}
    holders: dict[Trigram, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for later, sentence in enumerate(sentences):
        words = skeleton(sentence)
        trigrams = set(zip(words, words[1:], words[2:], strict=False))
        sizes.append(len(trigrams))
        key = tuple(words[1:])
        if len(key) >= _SHORTEST:
            earlier = exact.setdefault(key, later)
            if earlier != later:
                yield earlier, later
            else:
                yield from _similar(later, trigrams, holders, sizes)
        for trigram in trigrams:
            holders[trigram].append(later)


def _similar(
    later: int, trigrams: set[Trigram], holders: dict[Trigram, list[int]], sizes: list[int]
) -> Iterator[tuple[int, int]]:
    shared = Counter(
        earlier for trigram in trigrams if len(holders[trigram]) < _COMMONEST for earlier in holders[trigram]
    )
    for earlier, common in shared.most_common(1):
        if common >= _SIMILARITY * (len(trigrams) + sizes[earlier] - common) and common > _SHORTEST:
            yield earlier, later
