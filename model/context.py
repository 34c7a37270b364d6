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

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

NEIGHBOURS: tuple[str, ...] = ("before", "before_that", "after", "others")
_PRIOR_SENTENCES = 3.0
TOPICAL: list[int] = [LABELS.index(label) for label in ("layoff", "investment", "cause")]
_ON_TOPIC = -1.0
_WIDTH = len(NEIGHBOURS) * len(LABELS) + 1
_EDGES = range(len(LABELS), _WIDTH, len(LABELS))


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

    def log_odds(self, alone: Floats, probabilities: Floats, article: Places) -> Floats:
        """Return log-odds in context, shape (n, 4).

        Parameters
        ----------
        alone
            Log-odds of the sentences alone, in order, shape (n, 4); minus infinity for sentences of
            which the model knows nothing, which stay so.
        probabilities
            The same as probabilities.
        article
            Which article each sentence stands in, counted from 0, shape (n,), never falling.
        """
        prior = np.array([self.prior[label] for label in LABELS])
        features = neighbour_features(probabilities, prior, self.topic_prior, article)
        own = np.array([self.own[label] for label in LABELS])
        answer = alone * own + np.array([self.intercept[label] for label in LABELS])
        # Row by row in the same order, whatever the number of rows, which a matrix product doesn't promise.
        term = np.empty_like(answer)
        for column, weights in zip(features.T, self._matrix(), strict=True):
            answer += np.multiply(column[:, None], weights, out=term)
        return np.asarray(answer)

    def on_topic(self, probabilities: Floats, article: Places, count: int) -> Flags:
        """Tell of each of `count` articles whether it is about firms that cut, close, move or grow, shape (count,).

        Parameters
        ----------
        probabilities, article
            As for `log_odds`.
        """
        topic = probabilities[:, TOPICAL].max(axis=1, initial=0)
        total = np.bincount(article, topic, count) + _PRIOR_SENTENCES * self.topic_prior
        sizes = np.bincount(article, minlength=count)
        return np.asarray((sizes > 0) & (logit(total / (sizes + _PRIOR_SENTENCES)) >= _ON_TOPIC))

    def _matrix(self) -> Floats:
        """Weights, shape (17, 4): rows in the order of `neighbour_features`, columns of labels."""
        rows = [
            [self.weights[label][neighbour][other] for label in LABELS] for neighbour in NEIGHBOURS for other in LABELS
        ]
        return np.array([*rows, [self.off_topic[label] for label in LABELS]])


def neighbour_features(probabilities: Floats, prior: Floats, topic_prior: float, article: Places) -> Floats:
    """Return what the neighbours of each sentence in its article say, shape (n, 17).

    Columns are the four labels' probabilities in each of `NEIGHBOURS`, 0 where there is no such
    neighbour; for `others`, the log-odds of the mean over all other sentences and three imagined ones
    at the prior. The last column is 0 for an article on topic and negative else: the log-odds of the
    same mean of the highest probability of layoff, investment and cause, as far as below -1. Where it
    is, that mean also scales the probabilities of the neighbours, which are whole at -1.
    """
    features = np.zeros((len(probabilities), _WIDTH), order="F")
    before, before_that, after, others, short = np.split(features, _EDGES, axis=1)
    next_to = (article[1:] == article[:-1])[:, None]
    np.multiply(probabilities[:-1], next_to, out=before[1:])
    np.multiply(probabilities[:-2], (article[2:] == article[:-2])[:, None], out=before_that[2:])
    np.multiply(probabilities[1:], next_to, out=after[:-1])
    topic = probabilities[:, TOPICAL].max(axis=1, keepdims=True, initial=0)
    np.minimum(_others(topic, np.array([topic_prior]), article) - _ON_TOPIC, 0, out=short)
    scale = sigmoid(short + _ON_TOPIC) / sigmoid(np.array(_ON_TOPIC))
    for neighbour in (before, before_that, after):
        np.multiply(neighbour, scale, out=neighbour)
    others[:] = _others(probabilities, prior, article)
    return features


def _others(values: Floats, prior: Floats, article: Places) -> Floats:
    """Return the log-odds of the mean of each column over the article's other rows, drawn towards the prior."""
    sums = np.column_stack([np.bincount(article, column) for column in values.T])
    total = sums[article] - values + _PRIOR_SENTENCES * prior
    mean = total / (np.bincount(article)[article, None] - 1 + _PRIOR_SENTENCES)
    return logit(mean)
