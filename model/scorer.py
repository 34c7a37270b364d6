"""From sentences to decision values: the seam where one way of computing them replaces another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["PipelineScorer", "Scorer"]


class Scorer(Protocol):
    """Whatever turns sentences into decision values."""

    def decision_function(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Return decision values, shape (n, 4), columns in label order; NaN rows for unknown text.

        A sentence without any known feature has no decision value: its row is NaN.
        """
        ...


class PipelineScorer:
    """The scikit-learn pipeline itself: the reference.

    Parameters
    ----------
    pipeline
        What `model.artifact.load_pipeline` returns.
    """

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline

    def decision_function(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Return decision values, shape (n, 4); NaN rows for sentences without a known feature."""
        if not sentences:
            return np.empty((0, len(self.pipeline[-1].estimators_)))
        features = self.pipeline[:-1].transform(sentences)
        decisions = np.asarray(self.pipeline[-1].decision_function(features), dtype=np.float64)
        decisions[np.diff(features.indptr) == 0] = np.nan
        return decisions
