"""From out-of-fold decision values: calibration, context, cuts, and the figures of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.context import Context
from model.judging import Judge
from model.logistic import logit, sigmoid
from model.manifest import Calibration, Cut
from training.baselines import all_none, keywords
from training.calibration import context_out_of_fold, fit_calibration, fit_context, in_context, log_odds
from training.cuts import fit_cuts
from training.evaluation import Answer, evaluate
from training.gold import Gold
from training.metrics import Flags, Floats, confusion, summary
from training.seeds import Seeds
from training.settings import Settings

__all__ = ["Fit", "Measurement", "fit_readings", "measure", "measure_unseen", "measured_folds"]


@dataclass(frozen=True)
class Fit:
    """Everything between decision values and labels, learned from out-of-fold decision values."""

    calibration: dict[str, Calibration]
    alone: dict[str, Cut]
    context: Context
    in_context: dict[str, Cut]


@dataclass(frozen=True)
class Measurement:
    """A `Fit`, the out-of-fold probabilities it came from, and what they are worth.

    `scores` are calibrated probabilities of sentences alone, `predicted` their labels, shape (n, 4).
    """

    fit: Fit
    scores: Floats
    predicted: Flags
    figures: dict[str, Any]


def fit_readings(
    settings: Settings, targets: Flags, stories: NDArray[np.str_], decisions: Floats
) -> tuple[Fit, Floats, Floats]:
    """Fit everything between decision values and labels.

    Parameters
    ----------
    settings
        Number of folds, and how stories are shuffled into them.
    targets
        Which labels hold, shape (n, 4).
    stories
        The story of each sentence, shape (n,); its sentences stand together, in order.
    decisions
        Out-of-fold decision values, shape (n, 4).

    Returns
    -------
    The fit, and out-of-fold probabilities of sentences alone and in context, both of shape (n, 4).
    """
    calibration = fit_calibration(decisions, targets)
    alone = log_odds(decisions, calibration)
    together = context_out_of_fold(settings, alone, targets, stories)
    alone_scores, context_scores = sigmoid(alone), sigmoid(together)
    fit = Fit(
        calibration,
        fit_cuts(alone_scores, targets),
        fit_context(settings, alone, targets, stories),
        fit_cuts(context_scores, targets),
    )
    return fit, alone_scores, context_scores


def measure(
    settings: Settings, seeds: Seeds, decisions: Floats, readers: Mapping[str, Any] | None = None
) -> Measurement:
    """Fit and measure, all from out-of-fold decision values, shape (n, 4).

    `readers` is what is known of the seeds' double labels, for the report.
    """
    fit, alone, together = fit_readings(settings, seeds.targets, seeds.stories, decisions)
    predicted = Judge(fit.alone).holds(alone)
    figures = {
        "seeds": seeds.counts() | {"sentences": len(seeds.rows), "stories": len(np.unique(seeds.stories))},
        "readers": dict(readers or {"sentences": 0}),
        "cross_validation": {
            **measured_folds(seeds, fit, alone, together),
            "unrelated": unrelated_share(seeds, fit, alone, together),
            "confusion": confusion(seeds.targets, predicted),
            "baselines": {
                "all none": summary(seeds.stories, seeds.targets, all_none(seeds.sentences)),
                "keyword list": summary(seeds.stories, seeds.targets, keywords(seeds.sentences)),
            },
        },
    }
    return Measurement(fit, alone, predicted, figures)


def measured_folds(seeds: Seeds, fit: Fit, alone: Floats, together: Floats) -> dict[str, Any]:
    """Return the figures of out-of-fold probabilities of sentences alone and in context."""
    gold = Gold(seeds.stories, seeds.sentences, seeds.targets, np.zeros_like(seeds.targets))
    return {
        "alone": evaluate(gold, judged(fit.alone, alone)),
        "in_context": evaluate(gold, judged(fit.in_context, together)),
    }


def unrelated_share(seeds: Seeds, fit: Fit, alone: Floats, together: Floats) -> dict[str, float]:
    """Return the share of sentences that get any label, in seed stories without a single label."""
    labelled = set(seeds.stories[seeds.targets.any(axis=1)])
    rows = np.array([story not in labelled for story in seeds.stories])
    return {
        "sentences": int(rows.sum()),
        "alone": round(float(Judge(fit.alone).holds(alone[rows]).any(axis=1).mean()), 4) if rows.any() else 0.0,
        "in_context": round(float(Judge(fit.in_context).holds(together[rows]).any(axis=1).mean()), 4)
        if rows.any()
        else 0.0,
    }


def measure_unseen(fit: Fit, gold: Gold, decisions: Floats) -> dict[str, Any]:
    """Return the figures of a trained model on other articles, alone and in context."""
    alone = log_odds(decisions, fit.calibration)
    together = in_context(alone, gold.stories, fit.context)
    return {
        "alone": evaluate(gold, judged(fit.alone, sigmoid(alone))),
        "in_context": evaluate(gold, judged(fit.in_context, sigmoid(together))),
    }


def judged(cuts: Mapping[str, Cut], probabilities: Floats) -> Answer:
    """Read probabilities, shape (n, 4), by the cuts of a model."""
    judge = Judge(cuts)
    holds = judge.holds(probabilities)
    return Answer(holds, judge.primary(logit(probabilities), holds), probabilities, judge.decided(probabilities))
