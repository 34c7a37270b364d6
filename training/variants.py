"""Simpler and other models of the same kind, to show what each part of the model is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import SGDClassifier
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
_SELECTED = 20_000


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


def _elastic_net(settings: Settings, sentences: Sequence[str], targets: Flags, unseen: Sequence[str]) -> Floats:
    seen_features, unseen_features = _features(settings, ("words", "prefixes"), sentences, unseen)
    stock = SGDClassifier(
        loss="log_loss", penalty="elasticnet", alpha=1e-5, class_weight="balanced", random_state=settings.seed
    )
    fits = [clone(stock).fit(seen_features, target) for target in targets.T]
    return np.column_stack([fit.decision_function(unseen_features) for fit in fits])


def _chi_squared(settings: Settings, sentences: Sequence[str], targets: Flags, unseen: Sequence[str]) -> Floats:
    """Choose the features of each label by themselves."""
    seen_features, unseen_features = _features(settings, ("words", "prefixes"), sentences, unseen)
    columns = []
    for target in targets.T:
        choice = SelectKBest(chi2, k=min(_SELECTED, seen_features.shape[1])).fit(seen_features, target)
        seen_part, unseen_part = choice.transform(seen_features), choice.transform(unseen_features)
        columns.append(_decisions(settings.regularisation, seen_part, target.reshape(-1, 1), unseen_part))
    return np.hstack(columns)


def _sum(*variants: Variant) -> Variant:
    """Add decision values, each divided by its standard deviation on the seeds."""

    def variant(settings: Settings, sentences: Sequence[str], targets: Flags, unseen: Sequence[str]) -> Floats:
        count = len(sentences)
        parts = [each(settings, sentences, targets, [*sentences, *unseen]) for each in variants]
        return np.asarray(np.sum([part[count:] / part[:count].std(axis=0) for part in parts], axis=0))

    return variant


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
    if name == "binary words":
        return TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 2), min_df=settings.min_df, binary=True)
    longest = 3 if name == "trigrams" else 2
    pattern = rf"(?u)\b\w{{1,{settings.prefix_length}}}" if name == "prefixes" else _WORD
    return TfidfVectorizer(token_pattern=pattern, ngram_range=(1, longest), min_df=settings.min_df, sublinear_tf=True)


VARIANTS: dict[str, Variant] = {
    "words": _regression("words"),
    "words, prefixes": _regression("words", "prefixes"),
    "words to trigrams, prefixes": _regression("trigrams", "prefixes"),
    "words, prefixes, binary tf": _regression("binary words", "prefixes"),
    "words, prefixes, linear SVM": _svm,
    "words, prefixes, elastic net by SGD": _elastic_net,
    "words, prefixes, 20,000 a label by chi-squared": _chi_squared,
    "words, prefixes, Bayes weights": _bayes,
    "words, prefixes, vectors": _regression("words", "prefixes", "vectors"),
    "both regressions without vectors": _sum(_regression("words", "prefixes"), _bayes),
    "words, characters 2-5": _regression("words", "characters"),
}
"""Logistic regression where nothing else is said."""
