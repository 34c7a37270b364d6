"""Simpler and other models of the same kind, to show what each part of the model is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from training.linear import count_ratios, fit_regression
from training.metrics import Flags, Floats
from training.settings import Settings
from training.vectors import vectors, vocabulary

__all__ = ["VARIANTS", "Variant"]

Variant = Callable[[Settings, Sequence[str], Flags, Sequence[str]], Floats]
"""Trains on sentences and targets, shape (n, 4), and returns decision values of unseen sentences."""

_WORD = r"(?u)\b\w+\b"
_TOLERANCE = 1e-4


def _regression(*names: str) -> Variant:
    def variant(settings: Settings, sentences: Sequence[str], targets: Flags, unseen: Sequence[str]) -> Floats:
        seen_features, unseen_features = _features(settings, names, sentences, unseen)
        return _decisions(settings.regularisation, seen_features, targets, unseen_features)

    return variant


def _bayes(settings: Settings, sentences: Sequence[str], targets: Flags, unseen: Sequence[str]) -> Floats:
    seen_features, unseen_features = _features(settings, ("words", "prefixes"), sentences, unseen)
    columns = []
    for target in targets.T:
        ratios = sparse.diags_array(count_ratios(seen_features, target))
        scaled = sparse.csr_array(seen_features @ ratios), sparse.csr_array(unseen_features @ ratios)
        columns.append(_decisions(settings.bayes_regularisation, scaled[0], target.reshape(-1, 1), scaled[1]))
    return np.hstack(columns)


def _svm(settings: Settings, sentences: Sequence[str], targets: Flags, unseen: Sequence[str]) -> Floats:
    seen_features, unseen_features = _features(settings, ("words", "prefixes"), sentences, unseen)
    fits = [LinearSVC(C=0.2, class_weight="balanced").fit(seen_features, target) for target in targets.T]
    return np.column_stack([fit.decision_function(unseen_features) for fit in fits])


def _decisions(regularisation: float, seen: Any, targets: Flags, unseen: Any) -> Floats:
    fits = [fit_regression(seen, target, regularisation, _TOLERANCE) for target in targets.T]
    return np.column_stack([unseen @ coefficients + intercept for coefficients, intercept in fits])


def _features(
    settings: Settings, names: Sequence[str], sentences: Sequence[str], unseen: Sequence[str]
) -> tuple[Any, Any]:
    blocks = []
    for name in names:
        vectorizer = _vectorizer(settings, name)
        block = [vectorizer.fit_transform(sentences), vectorizer.transform(unseen)]
        if name == "vectors":
            block = [sparse.csr_array(settings.smoothing * (part @ vectors())) for part in block]
        blocks.append(block)
    seen_features, unseen_features = (sparse.hstack(parts, format="csr") for parts in zip(*blocks, strict=True))
    return seen_features, unseen_features


def _vectorizer(settings: Settings, name: str) -> TfidfVectorizer:
    if name == "vectors":
        return TfidfVectorizer(token_pattern=_WORD, sublinear_tf=True, vocabulary=list(vocabulary()))
    if name == "characters":
        return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=settings.min_df + 1, sublinear_tf=True)
    pattern = _WORD if name == "words" else rf"(?u)\b\w{{1,{settings.prefix_length}}}"
    return TfidfVectorizer(token_pattern=pattern, ngram_range=(1, 2), min_df=settings.min_df, sublinear_tf=True)


VARIANTS: dict[str, Variant] = {
    "words": _regression("words"),
    "words, prefixes": _regression("words", "prefixes"),
    "words, prefixes, linear SVM": _svm,
    "words, prefixes, Bayes weights": _bayes,
    "words, prefixes, vectors": _regression("words", "prefixes", "vectors"),
    "words, characters 2-5": _regression("words", "characters"),
}
"""Logistic regression where nothing else is said."""
