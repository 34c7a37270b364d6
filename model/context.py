"""What an article knows more than a sentence: a linear term from the neighbouring sentences.

A minister's quotation that runs on, or "the cuts" without a word of what they are, can only be read
in the article. The log-odds of a label in context are a weighted sum of its log-odds in the sentence
alone; of the four labels' probabilities in the sentence before, the one before that, and the one
after, scaled down in articles that aren't on topic; of the log-odds of their mean over all other
sentences; and of how far the article falls short of being on topic, so that a minister in an article
on something else is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.labels import LABELS
from model.logistic import logit, sigmoid

__all__ = ["NEIGHBOURS", "TOPICAL", "Context", "neighbour_features"]

NEIGHBOURS: tuple[str, ...] = ("before", "before_that", "after", "others")
_PRIOR_SENTENCES = 3.0
TOPICAL: list[int] = [LABELS.index(label) for label in ("layoff", "investment", "cause")]
_ON_TOPIC = -1.0


@dataclass(frozen=True)
class Context:
    """The learned weights.

    Attributes
    ----------
    prior
        How often each label holds in the seeds; stands in for the other sentences of short articles.
    topic_prior
        The same for the highest of the probabilities of layoff, investment and cause.
    own
        Weight of a label's log-odds in the sentence alone.
    intercept
        Constant per label.
    weights
        ``weights[label][neighbour][other label]``: log-odds of `label` per unit of probability of
        `other label` in the neighbour (of log-odds, for ``others``).
    off_topic
        Log-odds of `label` per unit of log-odds by which the article falls short of being on topic.
    """

    prior: Mapping[str, float]
    topic_prior: float
    own: Mapping[str, float]
    intercept: Mapping[str, float]
    weights: Mapping[str, Mapping[str, Mapping[str, float]]]
    off_topic: Mapping[str, float]

    def log_odds(self, alone: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return log-odds in context, shape (n, 4).

        Parameters
        ----------
        alone
            Log-odds of the sentences of one article alone, in order, shape (n, 4); minus infinity
            for sentences of which the model knows nothing, which stay so.
        """
        probabilities = sigmoid(alone)
        prior = np.array([self.prior[label] for label in LABELS])
        features = neighbour_features(probabilities, prior, self.topic_prior)
        own = np.array([self.own[label] for label in LABELS])
        intercept = np.array([self.intercept[label] for label in LABELS])
        return np.asarray(alone * own + intercept + features @ self._matrix())

    def on_topic(self, alone: NDArray[np.float64]) -> bool:
        """Tell whether an article is about firms that cut, close, move or grow.

        Parameters
        ----------
        alone
            As for `log_odds`.
        """
        topic = sigmoid(alone)[:, TOPICAL].max(axis=1, initial=0)
        mean = (topic.sum() + _PRIOR_SENTENCES * self.topic_prior) / (len(topic) + _PRIOR_SENTENCES)
        return bool(logit(mean) >= _ON_TOPIC)

    def _matrix(self) -> NDArray[np.float64]:
        """Weights, shape (17, 4): rows in the order of `neighbour_features`, columns of labels."""
        rows = [
            [self.weights[label][neighbour][other] for label in LABELS] for neighbour in NEIGHBOURS for other in LABELS
        ]
        return np.array([*rows, [self.off_topic[label] for label in LABELS]])


def neighbour_features(
    probabilities: NDArray[np.float64], prior: NDArray[np.float64], topic_prior: float
) -> NDArray[np.float64]:
    """Return what the neighbours of each sentence of one article say, shape (n, 17).

    Columns are the four labels' probabilities in each of `NEIGHBOURS`, 0 where there is no such
    neighbour; for `others`, the log-odds of the mean over all other sentences and three imagined ones
    at the prior. The last column is 0 for an article on topic and negative else: the log-odds of the
    same mean of the highest probability of layoff, investment and cause, as far as below -1. Where it
    is, that mean also scales the probabilities of the neighbours, which are whole at -1.
    """
    before, before_that, after = (np.zeros_like(probabilities) for _ in range(3))
    before[1:] = probabilities[:-1]
    before_that[2:] = probabilities[:-2]
    after[:-1] = probabilities[1:]
    topic = probabilities[:, TOPICAL].max(axis=1, keepdims=True)
    short = np.minimum(_others(topic, np.array([topic_prior])) - _ON_TOPIC, 0)
    scale = sigmoid(short + _ON_TOPIC) / sigmoid(np.array(_ON_TOPIC))
    return np.hstack([before * scale, before_that * scale, after * scale, _others(probabilities, prior), short])


def _others(values: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-odds of the mean of each column over the other rows, drawn towards the prior."""
    total = values.sum(axis=0) - values + _PRIOR_SENTENCES * prior
    mean = total / (len(values) - 1 + _PRIOR_SENTENCES)
    return logit(mean)
