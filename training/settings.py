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
    regularisation
        C of `LogisticRegression`.
    folds, seed
        Number of story-grouped folds, and how stories are shuffled into them.
    """

    prefix_length: int = 4
    min_df: int = 2
    regularisation: float = 3.0
    folds: int = 10
    seed: int = 7
