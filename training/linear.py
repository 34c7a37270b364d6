"""The linear model of one label: two logistic regressions, added and folded into one.

The first sees TF-IDF features beside the same words smoothed by word vectors, so that words which
no seed uses get weights from their neighbours. The second sees the TF-IDF features scaled by how
strongly each n-gram speaks for or against the label (naive Bayes log-count ratio), after Wang and
Manning, Baselines and Bigrams, ACL 2012. Both are linear in the same TF-IDF features, so their sum
is one linear model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from training.metrics import Flags, Floats
from training.settings import Settings

__all__ = ["count_ratios", "fit_label", "fit_regression"]

Matrix = Any


def fit_label(
    settings: Settings, ngrams: Matrix, words: Matrix, vectors: Floats, target: Flags
) -> tuple[Floats, float]:
    """Fit the model of one label.

    Parameters
    ----------
    settings
        How.
    ngrams
        TF-IDF of n-grams, shape (n, k).
    words
        TF-IDF over the vocabulary of the word vectors, shape (n, v).
    vectors
        Word vectors, shape (v, d).
    target
        Whether the label holds, shape (n,).

    Returns
    -------
    Coefficients, shape (k + v,), for n-grams and then words, and the intercept. The decision values
    of the two regressions are added after each is divided by its standard deviation on the seeds.
    """
    smoothed = sparse.csr_array(settings.smoothing * (words @ vectors))
    first, first_intercept = fit_regression(
        sparse.hstack([ngrams, smoothed], format="csr"), target, settings.regularisation, settings.tolerance
    )
    size = ngrams.shape[1]
    one = np.concatenate([first[:size], settings.smoothing * (vectors @ first[size:])])

    ratios = count_ratios(ngrams, target)
    second, second_intercept = fit_regression(
        sparse.csr_array(ngrams @ sparse.diags_array(ratios)), target, settings.bayes_regularisation, settings.tolerance
    )
    two = np.concatenate([second * ratios, np.zeros(words.shape[1])])

    features = sparse.hstack([ngrams, words], format="csr")
    scales = [1 / np.std(features @ coefficients) for coefficients in (one, two)]
    return scales[0] * one + scales[1] * two, scales[0] * first_intercept + scales[1] * second_intercept


def fit_regression(features: Matrix, target: Flags, regularisation: float, tolerance: float) -> tuple[Floats, float]:
    """Fit a balanced logistic regression; return coefficients, shape (k,), and intercept."""
    fit = LogisticRegression(
        C=regularisation, class_weight="balanced", solver="newton-cg", tol=tolerance, max_iter=500
    ).fit(features, target)
    return np.asarray(fit.coef_[0], dtype=np.float64), float(fit.intercept_[0])


def count_ratios(features: Matrix, target: Flags) -> NDArray[np.float64]:
    """Return |log(p / q)| per n-gram: its share among sentences with the label, and without."""
    present = (features > 0).astype(np.float64)
    with_label = 1 + np.asarray(present[target].sum(axis=0)).ravel()
    without = 1 + np.asarray(present[~target].sum(axis=0)).ravel()
    return np.asarray(np.abs(np.log(with_label / with_label.sum()) - np.log(without / without.sum())))
