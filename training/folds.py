"""Folds by story: no story stands on both sides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

__all__ = ["Rows", "folds"]

Rows = NDArray[np.intp]


def folds(stories: NDArray[np.str_], count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield row numbers to train and to test on; no story stands on both sides."""
    splitter = GroupKFold(count, shuffle=True, random_state=seed)
    yield from splitter.split(stories, groups=stories)
