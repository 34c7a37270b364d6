"""The model itself: TF-IDF features of words and prefixes, and a linear classifier per label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import LabelBinarizer

from training.linear import fit_label
from training.metrics import Flags, Floats
from training.settings import Settings
from training.vectors import vectors, vocabulary

__all__ = ["fit_pipeline"]

_WORD = r"(?u)\b\w+\b"


def fit_pipeline(settings: Settings, sentences: Sequence[str], targets: Flags) -> Pipeline:
    """Fit features and classifiers.

    Parameters
    ----------
    settings
        How.
    sentences
        n strings.
    targets
        Which labels hold, shape (n, 4), columns in label order.

    Returns
    -------
    A fitted pipeline of stock scikit-learn classes, whose `decision_function` gives shape (n, 4).
    """
    prefix = rf"(?u)\b\w{{1,{settings.prefix_length}}}"
    union = FeatureUnion(
        [
            ("words", _vectorizer(settings, _WORD)),
            ("prefixes", _vectorizer(settings, prefix)),
            ("vocabulary", TfidfVectorizer(token_pattern=_WORD, sublinear_tf=True, vocabulary=list(vocabulary()))),
        ]
    )
    features = sparse.csr_array(union.fit_transform(sentences))
    size = features.shape[1] - len(vocabulary())
    ngrams, words = features[:, :size], features[:, size:]
    fits = [fit_label(settings, ngrams, words, vectors(), target) for target in targets.T]
    return Pipeline([("features", union), ("classifier", _classifier(fits, targets))])


def _vectorizer(settings: Settings, token_pattern: str) -> TfidfVectorizer:
    return TfidfVectorizer(token_pattern=token_pattern, ngram_range=(1, 2), min_df=settings.min_df, sublinear_tf=True)


def _classifier(fits: Sequence[tuple[Floats, float]], targets: Flags) -> OneVsRestClassifier:
    """Put folded coefficients into stock classes, as if these had been fitted."""
    classifier = OneVsRestClassifier(LogisticRegression())
    classifier.label_binarizer_ = LabelBinarizer(sparse_output=True).fit(targets.astype(int))
    classifier.estimators_ = []
    for coefficients, intercept in fits:
        estimator = LogisticRegression()
        estimator.classes_ = np.array([0, 1])
        estimator.coef_ = coefficients.reshape(1, -1)
        estimator.intercept_ = np.array([intercept])
        estimator.n_features_in_ = len(coefficients)
        classifier.estimators_.append(estimator)
    return classifier
