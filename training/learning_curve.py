"""How the quality on real articles grows with the number of seed sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.pipeline import Pipeline

from model.labels import LABELS
from training.crossval import out_of_fold
from training.evaluation import evaluate
from training.gold import Gold
from training.measure import Fit, fit_thresholds, primary_labels
from training.metrics import f1_scores
from training.pipeline import fit_pipeline
from training.seeds import Seeds
from training.settings import Settings

__all__ = ["learning_curve", "measure_unseen"]

_STEP = 500
_FOLDS = 3


def measure_unseen(settings: Settings, seeds: Seeds, gold: Gold, pipeline: Pipeline, fit: Fit) -> dict[str, Any]:
    """Return the figures of a trained model on other articles, with the learning curve."""
    scores = fit.probabilities(pipeline.decision_function(gold.sentences))
    figures = evaluate(gold, fit.labels(scores), primary_labels(scores, fit.thresholds), scores)
    return figures | {"learning_curve": learning_curve(settings, seeds, gold)}


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
    wanted = _STEP
    for count in range(1, len(rows) + 1):
        whole = count == len(rows) or rows[count].story != rows[count - 1].story
        if whole and (count >= wanted or count == len(rows)):
            wanted += _STEP
            yield count, Seeds(tuple(rows[:count]))


def _score(settings: Settings, seeds: Seeds, gold: Gold) -> Any:
    decisions = out_of_fold(settings, seeds.sentences, seeds.targets, seeds.stories)
    fit = fit_thresholds(seeds.targets, decisions)
    pipeline = fit_pipeline(settings, seeds.sentences, seeds.targets)
    return f1_scores(gold.labels, fit.labels(fit.probabilities(pipeline.decision_function(gold.sentences))))
