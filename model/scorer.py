"""From sentences to decision values: two ways of computing the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.weights import Weights

if TYPE_CHECKING:
    from model.artifact import Artifact

__all__ = ["CompiledScorer", "PipelineScorer", "Scorer", "open_scorer"]


class Scorer(Protocol):
    """Whatever turns sentences into decision values.

    Attributes
    ----------
    description
        Which way of computing this is, and why it was chosen, for `classify-news info`.
    """

    description: str

    def decision_function(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Return decision values, shape (n, 4), columns in label order; NaN rows for unknown text.

        A sentence without any known feature has no decision value: its row is NaN.
        """
        ...


class PipelineScorer:
    """The scikit-learn pipeline itself: the reference, and the fallback.

    Parameters
    ----------
    pipeline
        What `model.artifact.load_pipeline` returns.
    reason
        Why this scorer was chosen.
    """

    def __init__(self, pipeline: Any, reason: str = "asked for") -> None:
        self.pipeline = pipeline
        self.description = f"scikit-learn pipeline ({reason})"

    def decision_function(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Return decision values, shape (n, 4); NaN rows for sentences without a known feature."""
        if not sentences:
            return np.empty((0, len(self.pipeline[-1].estimators_)))
        features = self.pipeline[:-1].transform(sentences)
        decisions = np.asarray(self.pipeline[-1].decision_function(features), dtype=np.float64)
        decisions[np.diff(features.indptr) == 0] = np.nan
        return decisions


class CompiledScorer:
    """The same numbers, to 1e-12 in probability, from a C extension that reads the strings in place.

    Threads may share it; it releases the GIL while it works on a batch.

    Parameters
    ----------
    weights
        The model as plain arrays.

    Raises
    ------
    ImportError
        If the extension isn't built: there was no C compiler when the package was installed.
    """

    description = "compiled"

    def __init__(self, weights: Weights) -> None:
        from model._kernel import Kernel

        self._kernel = Kernel(weights)

    def decision_function(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Return decision values, shape (n, 4); NaN rows for sentences without a known feature."""
        return self._kernel.decision_function(sentences)


def open_scorer(artifact: Artifact, weights: Weights) -> Scorer:
    """Return the compiled scorer, or the pipeline where the extension isn't built.

    Raises
    ------
    ArtifactError
        If the pipeline is needed and can't be loaded.
    """
    try:
        return CompiledScorer(weights)
    except ImportError as error:
        reason = f"the compiled scorer isn't there: {error}; install a C compiler and run pip install again"
        return PipelineScorer(artifact.pipeline(), reason)
