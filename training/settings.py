"""Everything that a training run can be told."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """Settings of the features, the classifiers and the cross-validation.

    Attributes
    ----------
    prefix_length
        Letters of a word that the second vectorizer keeps, so that ``closing`` and ``closure`` meet.
    min_df
        In how many sentences an n-gram must stand to be a feature.
    smoothing
        Weight of the words smoothed by word vectors, beside the n-grams.
    regularisation, bayes_regularisation
        C of the two logistic regressions; see `training.linear`.
    unrelated_weight
        How much more a story with hardly any label counts when the weights of the context are learned.
    tolerance
        Largest gradient at which the solver stops; so near to the optimum that machines with other
        rounding agree to 1e-9.
    folds, seed
        Number of story-grouped folds, and how stories are shuffled into them.
    """

    prefix_length: int = 4
    min_df: int = 2
    smoothing: float = 0.5
    regularisation: float = 2.0
    bayes_regularisation: float = 1.0
    unrelated_weight: float = 4.0
    tolerance: float = 1e-14
    folds: int = 5
    seed: int = 7
