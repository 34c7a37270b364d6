"""The model itself: TF-IDF features of words and prefixes, and a linear classifier per label."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from training.metrics import Flags
from training.settings import Settings

__all__ = ["fit_pipeline"]


# So close to the optimum that machines with other rounding agree to 1e-9.
_CONVERGED = 1e-14


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
    pipeline = Pipeline(
        [
            (
                "features",
                FeatureUnion(
                    [
                        ("words", _vectorizer(settings, r"(?u)\b\w+\b")),
                        ("prefixes", _vectorizer(settings, rf"(?u)\b\w{{1,{settings.prefix_length}}}")),
                    ]
                ),
            ),
            (
                "classifier",
                OneVsRestClassifier(
                    LogisticRegression(
                        C=settings.regularisation, class_weight="balanced", solver="newton-cg", tol=_CONVERGED
                    )
                ),
            ),
        ]
    )
    pipeline.fit(sentences, targets.astype(int))
    for _, vectorizer in pipeline["features"].transformer_list:
        # An id() of this process, which would make every pickle differ.
        vectorizer.__dict__.pop("_stop_words_id", None)
    return pipeline


def _vectorizer(settings: Settings, token_pattern: str) -> TfidfVectorizer:
    return TfidfVectorizer(token_pattern=token_pattern, ngram_range=(1, 2), min_df=settings.min_df, sublinear_tf=True)
