"""Story-grouped cross-validation: decision values of sentences whose story the model hasn't seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from model.errors import InputError
from model.labels import LABELS
from training.folds import folds
from training.metrics import Flags, Floats
from training.pipeline import fit_pipeline
from training.seeds import Seeds
from training.settings import Settings

__all__ = ["check_enough", "fold_scores", "out_of_fold"]

_CLOSE_ENOUGH = 1e-6

Track = Callable[[Iterable[Floats], int], Iterable[Floats]]
Beside = Callable[[list[str], Flags], tuple[Sequence[str], Flags]]


def check_enough(settings: Settings, seeds: Seeds, name: str) -> None:
    """See that every fold can be trained: there are as many stories as folds, and every label in each training part.

    Raises
    ------
    InputError
        If not; `name` stands in the message.
    """
    count = len(np.unique(seeds.stories))
    if count < settings.folds:
        raise InputError(f"{name}: holds {count} stories, cross-validation needs {settings.folds}; add seeds")
    for train, _ in folds(seeds.stories, settings.folds, settings.seed):
        held = seeds.targets[train]
        for column, label in enumerate(LABELS):
            if not held[:, column].any() or held[:, column].all():
                raise InputError(f"{name}: has too few sentences with and without {label!r}; add seeds")


def out_of_fold(
    settings: Settings,
    seeds: Seeds,
    track: Track = lambda items, _: items,
    beside: Beside = lambda some, flags: (some, flags),
) -> Floats:
    """Return decision values, shape (n, 4), each from a model that never saw the sentence's story.

    The folds run on all cores. `track(items, count)` wraps their results, for a progress bar;
    `beside(sentences, targets)` may add to what a fold is trained on.
    """
    sentences, targets = seeds.sentences, seeds.targets
    parts = list(folds(seeds.stories, settings.folds, settings.seed))
    jobs = (
        delayed(fold_scores)(
            settings, *beside([sentences[i] for i in train], targets[train]), [sentences[i] for i in test]
        )
        for train, test in parts
    )
    decisions = np.full(targets.shape, np.nan)
    results = Parallel(n_jobs=-1, return_as="generator")(jobs)
    for (_, test), scores in zip(parts, track(results, len(parts)), strict=True):
        decisions[test] = scores
    return decisions


def fold_scores(settings: Settings, sentences: Sequence[str], targets: Flags, unseen: Sequence[str]) -> Floats:
    """Train on some sentences and return the decision values of others, shape (m, 4)."""
    with threadpool_limits(1):
        pipeline = fit_pipeline(replace(settings, tolerance=_CLOSE_ENOUGH), sentences, targets)
        return np.asarray(pipeline.decision_function(unseen), dtype=np.float64)
