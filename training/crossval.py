"""Story-grouped cross-validation: decision values of sentences whose story the model hasn't seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from training.metrics import Flags, Floats
from training.pipeline import fit_pipeline
from training.settings import Settings

__all__ = ["folds", "out_of_fold"]

Rows = NDArray[np.intp]
Track = Callable[[Iterable[tuple[Rows, Rows]]], Iterable[tuple[Rows, Rows]]]


def folds(stories: NDArray[np.str_], count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield row numbers to train and to test on; no story stands on both sides."""
    splitter = GroupKFold(count, shuffle=True, random_state=seed)
    yield from splitter.split(stories, groups=stories)


def out_of_fold(
    settings: Settings, sentences: list[str], targets: Flags, stories: NDArray[np.str_], track: Track = iter
) -> Floats:
    """Return decision values, shape (n, 4), each from a model that never saw the sentence's story.

    `track` wraps the folds, for a progress bar.
    """
    decisions = np.full(targets.shape, np.nan)
    for train, test in track(list(folds(stories, settings.folds, settings.seed))):
        pipeline = fit_pipeline(settings, [sentences[i] for i in train], targets[train])
        decisions[test] = pipeline.decision_function([sentences[i] for i in test])
    return decisions
