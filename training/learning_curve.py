"""How the quality on real articles grows with the number of seed sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from model.labels import LABELS
from training.crossval import fold_scores, out_of_fold
from training.gold import Gold
from training.measure import fit_readings, measure_unseen
from training.metrics import Floats
from training.seeds import Seeds
from training.settings import Settings

__all__ = ["learning_curve"]

_SIZES = (*range(500, 3500, 500), 6000, 12_000, 24_000, 36_000)
_FOLDS = 2


def learning_curve(settings: Settings, seeds: Seeds, gold: Gold) -> dict[str, Any]:
    """Train on growing parts of the seeds (whole stories, in one random order); return F1 per size."""
    sizes, parts = zip(*_parts(seeds, settings.seed), strict=True)
    scores = Parallel(n_jobs=-1)(delayed(_score)(replace(settings, folds=_FOLDS), part, gold) for part in parts)
    return {"sentences": list(sizes), "macro_f1": [round(float(row.mean()), 4) for row in scores]} | {
        label: [round(float(row[column]), 4) for row in scores] for column, label in enumerate(LABELS)
    }


def _parts(seeds: Seeds, seed: int) -> Iterable[tuple[int, Seeds]]:
    stories = seeds.stories
    order = np.random.default_rng(seed).permutation(np.unique(stories))
    rank = {story: place for place, story in enumerate(order)}
    rows = sorted(seeds.rows, key=lambda row: rank[row.story])
    wanted = iter(_SIZES)
    size = next(wanted)
    for count in range(1, len(rows) + 1):
        whole = count == len(rows) or rows[count].story != rows[count - 1].story
        if whole and (count >= size or count == len(rows)):
            size = next(wanted, len(rows))
            yield count, Seeds(tuple(rows[:count]))


def _score(settings: Settings, seeds: Seeds, gold: Gold) -> Floats:
    """Return the F1 per label, in context, of a model trained on these seeds."""
    sentences, targets, stories = seeds.sentences, seeds.targets, seeds.stories
    fit, _, _ = fit_readings(settings, targets, stories, out_of_fold(settings, seeds))
    decisions = fold_scores(settings, sentences, targets, gold.sentences)
    figures = measure_unseen(fit, gold, decisions)["in_context"]["labels"]
    return np.array([figures[label]["f1"] for label in LABELS])
