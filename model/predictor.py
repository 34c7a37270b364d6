"""The predictor: what users import, and what the command and every service stand on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.artifact import Artifact, Manifest, open_artifact
from model.errors import InputError, SentenceTypeError
from model.explain import Explanation, explain_sentence
from model.labels import LABELS, NONE, join_labels
from model.prediction import Prediction
from model.scorer import PipelineScorer, Scorer
from model.splitting import split_sentences

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Predictor"]

_CHUNK = 4096


class Predictor:
    """Labels sentences and articles with a trained model.

    Make one with `Predictor.load`. A predictor never changes, so threads may share it.

    Attributes
    ----------
    labels
        The four labels, in the order of every column and list here.
    manifest
        What is known of the model: thresholds, calibration, versions, seeds, date.
    scorer
        The active `model.scorer.Scorer`.
    """

    labels: tuple[str, ...] = LABELS

    def __init__(self, artifact: Artifact) -> None:
        self.manifest: Manifest = artifact.manifest
        self._pipeline = artifact.pipeline()
        self.scorer: Scorer = PipelineScorer(self._pipeline)
        scales = [self.manifest.calibration[label] for label in LABELS]
        self._slopes = np.array([scale.slope for scale in scales])
        self._intercepts = np.array([scale.intercept for scale in scales])
        self._thresholds = np.array([self.manifest.thresholds[label] for label in LABELS])

    @classmethod
    def load(cls, path: str | Path | None = None) -> Predictor:
        """Load a model folder; without a path, the model that is shipped with the package.

        Raises
        ------
        ArtifactError
            If the folder is missing, damaged, changed, or of another version.
        """
        return cls(open_artifact(path))

    def predict(self, sentences: Iterable[str]) -> list[Prediction]:
        """Label sentences.

        Parameters
        ----------
        sentences
            One sentence each; a single string is refused.

        Returns
        -------
        One `Prediction` a sentence, in order, with `start` 0 and `end` the sentence's length.

        Raises
        ------
        SentenceTypeError
            If anything but strings is given.
        """
        texts = _checked(sentences)
        return self._predictions(texts, [(0, len(text)) for text in texts])

    def predict_proba(self, sentences: Iterable[str]) -> NDArray[np.float64]:
        """Return calibrated probabilities, shape (n, 4), columns in the order of `labels`.

        They are 0 for a sentence of which the model knows nothing.
        """
        return self._probabilities(_checked(sentences))

    def predict_article(self, text: str) -> list[Prediction]:
        """Cut an article into sentences and label each, with its exact place.

        ``text[p.start:p.end] == p.sentence`` holds for every prediction, whatever the text.
        """
        if not isinstance(text, str):
            raise SentenceTypeError(f"an article must be a string, not {type(text).__name__}")
        spans = split_sentences(text)
        return self._predictions([text[start:end] for start, end in spans], spans)

    def predict_frame(self, frame: pd.DataFrame, text: str = "sentence") -> pd.DataFrame:
        """Return a copy of a pandas frame with `label`, `labels` and the four `p_` columns added.

        Parameters
        ----------
        frame
            Any frame; its index and other columns stay.
        text
            The column that holds the sentences.

        Raises
        ------
        InputError
            If the frame has no such column.
        SentenceTypeError
            If a cell of that column isn't a string.
        """
        if text not in frame.columns:
            raise InputError(f"the frame has no column {text!r} (it has {', '.join(map(str, frame.columns))})")
        predictions = self.predict(frame[text].tolist())
        answer = frame.copy()
        answer["label"] = [p.label for p in predictions]
        answer["labels"] = [join_labels(p.labels) for p in predictions]
        for label in LABELS:
            answer[f"p_{label}"] = [p.probabilities[label] for p in predictions]
        return answer

    def explain(self, sentence: str) -> dict[str, Explanation]:
        """Say for each label which n-grams decided.

        The weights and the intercept of an `Explanation` add up to its decision value.
        """
        (text,) = _checked([sentence])
        parts = explain_sentence(self._pipeline, text)
        probabilities = self._probabilities([text])[0]
        return {
            label: Explanation(
                label,
                part.decision,
                part.intercept,
                float(probabilities[column]),
                float(self._thresholds[column]),
                part.contributions,
            )
            for column, (label, part) in enumerate(parts.items())
        }

    def _probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        chunks = [np.empty((0, len(LABELS)))]
        for start in range(0, len(texts), _CHUNK):
            decisions = self.scorer.decision_function(texts[start : start + _CHUNK])
            log_odds = np.where(np.isnan(decisions), -np.inf, self._slopes * decisions + self._intercepts)
            chunks.append(np.exp(-np.logaddexp(0, -log_odds)))
        return np.concatenate(chunks)

    def _predictions(self, texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[Prediction]:
        probabilities = self._probabilities(texts)
        holds = probabilities >= self._thresholds
        return [
            Prediction(
                text,
                tuple(label for label, held in zip(LABELS, row_holds, strict=True) if held),
                self._primary(row),
                dict(zip(LABELS, map(float, row), strict=True)),
                start,
                end,
                recognised=bool(row.any()),
            )
            for text, (start, end), row, row_holds in zip(texts, spans, probabilities, holds, strict=True)
        ]

    def _primary(self, row: NDArray[np.float64]) -> str:
        margins = [
            _log_odds(probability) - _log_odds(threshold)
            for probability, threshold in zip(row, self._thresholds, strict=True)
        ]
        best = int(np.argmax(margins))
        return LABELS[best] if row[best] >= self._thresholds[best] else NONE


def _log_odds(probability: float) -> float:
    if probability <= 0:
        return -math.inf
    return math.inf if probability >= 1 else math.log(probability / (1 - probability))


def _checked(sentences: Iterable[str]) -> list[str]:
    if isinstance(sentences, str | bytes):
        raise SentenceTypeError("give a list of sentences, not a single string")
    try:
        texts = list(sentences)
    except TypeError:
        raise SentenceTypeError(f"give a list of sentences, not {type(sentences).__name__}") from None
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise SentenceTypeError(f"sentence {index} must be a string, not {type(text).__name__}")
    return texts
