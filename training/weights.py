"""From the fitted pipeline to the plain arrays of `model.weights`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from model.weights import Block, Weights
from training.metrics import Floats

__all__ = ["weights_of"]


def weights_of(pipeline: Pipeline, prefix_length: int) -> Weights:
    """Take a fitted pipeline apart.

    Parameters
    ----------
    pipeline
        What `training.pipeline.fit_pipeline` returns.
    prefix_length
        Letters of a word that its second vectorizer keeps.
    """
    vectorizers = dict(pipeline[0].transformer_list)
    coefficients = np.hstack([estimator.coef_.T for estimator in pipeline[-1].estimators_])
    sizes = [len(vectorizer.vocabulary_) for vectorizer in vectorizers.values()]
    parts = dict(zip(vectorizers, np.split(coefficients, np.cumsum(sizes)[:-1]), strict=True))
    words = _tokens(vectorizers["words"], vectorizers["vocabulary"])
    prefixes = _tokens(vectorizers["prefixes"])
    return Weights(
        word_list=words,
        prefix_list=prefixes,
        prefix_length=prefix_length,
        words=_block(words, vectorizers["words"], parts["words"]),
        prefixes=_block(prefixes, vectorizers["prefixes"], parts["prefixes"]),
        vocabulary=_block(words, vectorizers["vocabulary"], parts["vocabulary"]),
        intercept=np.array([estimator.intercept_[0] for estimator in pipeline[-1].estimators_]),
    )


def _tokens(*vectorizers: Any) -> tuple[str, ...]:
    """Every token of every n-gram, the most frequent n-grams' first, so that frequent ones lie together."""
    order: dict[str, None] = {}
    for vectorizer in vectorizers:
        names = vectorizer.get_feature_names_out()
        for column in np.argsort(vectorizer.idf_, kind="stable"):
            order.update(dict.fromkeys(names[column].split(" ")))
    return tuple(order)


def _block(tokens: Sequence[str], vectorizer: Any, coefficients: Floats) -> Block:
    place = {token: number for number, token in enumerate(tokens)}
    ngrams = [name.split(" ") for name in vectorizer.get_feature_names_out()]
    single = np.array([column for column, ngram in enumerate(ngrams) if len(ngram) == 1], dtype=np.int64)
    double = np.array([column for column, ngram in enumerate(ngrams) if len(ngram) > 1], dtype=np.int64)
    rows = [place[ngrams[column][0]] for column in single]
    idf, weights = np.zeros(len(tokens)), np.zeros((len(tokens), coefficients.shape[1]))
    idf[rows], weights[rows] = vectorizer.idf_[single], coefficients[single]
    return Block(
        idf=idf,
        coefficients=weights,
        pairs=np.array([[place[token] for token in ngrams[column]] for column in double], np.uint32).reshape(-1, 2),
        pair_idf=vectorizer.idf_[double],
        pair_coefficients=coefficients[double],
    )
