"""Word vectors that let the seeds speak for words they never use.

`word_vectors.npz` holds `words` (30,000) and `vectors` (30,000 x 200, float16, unit length less the
mean): skip-gram vectors (window 5, three epochs) computed from 20 million words of unlabelled news.
They are numbers, no text. A TF-IDF over this vocabulary times the vectors is linear in the TF-IDF, so
what a linear model learns on it folds exactly into one coefficient per word; the trained model holds
no vectors.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["vectors", "vocabulary"]

_FILE = Path(__file__).with_name("word_vectors.npz")


@cache
def vocabulary() -> tuple[str, ...]:
    """Return the words, in the order of the rows of `vectors`."""
    with np.load(_FILE) as file:
        return tuple(map(str, file["words"]))


@cache
def vectors() -> NDArray[np.float64]:
    """Return one vector per word, shape (30000, 200)."""
    with np.load(_FILE) as file:
        return np.asarray(file["vectors"], dtype=np.float64)
