"""What an article knows more than a sentence: a linear term from the neighbouring sentences.

A minister's quotation that runs on, or "the cuts" without a word of what they are, can only be read
in the article. The log-odds of a label in context are a weighted sum of its log-odds in the sentence
alone and of the four labels' probabilities in the sentence before, the one before that, the one
after, the headline, and the mean of all other sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.labels import LABELS

__all__ = ["NEIGHBOURS", "Context", "neighbour_features"]

NEIGHBOURS: tuple[str, ...] = ("before", "before_that", "after", "headline", "others")
_PRIOR_SENTENCES = 3.0


@dataclass(frozen=True)
class Context:
    """The learned weights.

    Attributes
    ----------
    prior
        How often each label holds in the seeds; stands in for the other sentences of short articles.
    own
        Weight of a label's log-odds in the sentence alone.
    intercept
        Constant per label.
    weights
        ``weights[label][neighbour][other label]``: log-odds of `label` per unit of probability of
        `other label` in the neighbour.
    """

    prior: Mapping[str, float]
    own: Mapping[str, float]
    intercept: Mapping[str, float]
    weights: Mapping[str, Mapping[str, Mapping[str, float]]]

    def log_odds(self, alone: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return log-odds in context, shape (n, 4).

        Parameters
        ----------
        alone
            Log-odds of the sentences of one article alone, in order, shape (n, 4); minus infinity
            for sentences of which the model knows nothing, which stay so.
        """
        probabilities = np.exp(-np.logaddexp(0, -alone))
        features = neighbour_features(probabilities, np.array([self.prior[label] for label in LABELS]))
        own = np.array([self.own[label] for label in LABELS])
        intercept = np.array([self.intercept[label] for label in LABELS])
        return np.asarray(alone * own + intercept + features @ self._matrix())

    def _matrix(self) -> NDArray[np.float64]:
        """Weights, shape (20, 4): rows in the order of `neighbour_features`, columns of labels."""
        return np.array(
            [
                [self.weights[label][neighbour][other] for label in LABELS]
                for neighbour in NEIGHBOURS
                for other in LABELS
            ]
        )


def neighbour_features(probabilities: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the neighbours of each sentence of one article say, shape (n, 20).

    Columns are the four labels' probabilities for each of `NEIGHBOURS`, 0 where there is no such
    neighbour; `others` is the mean over all other sentences and three imagined ones at the prior.
    """
    count = len(probabilities)
    before, before_that, after, headline = (np.zeros_like(probabilities) for _ in range(4))
    before[1:] = probabilities[:-1]
    before_that[2:] = probabilities[:-2]
    after[:-1] = probabilities[1:]
    headline[1:] = probabilities[:1]
    others = (probabilities.sum(axis=0) - probabilities + _PRIOR_SENTENCES * prior) / (count - 1 + _PRIOR_SENTENCES)
    return np.hstack([before, before_that, after, headline, others])
