"""The predictor: what users import, and what the command and every service stand on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.artifact import Artifact, open_artifact
from model.columns import Columns, Verdicts
from model.errors import InputError, SentenceTypeError
from model.explain import Explainer, Explanation
from model.judging import Judge
from model.labels import LABELS, join_labels
from model.logistic import sigmoid
from model.manifest import Manifest
from model.prediction import LabelledText, Prediction
from model.scorer import Scorer, open_scorer
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
        self._weights = artifact.weights()
        self.scorer: Scorer = open_scorer(artifact, self._weights)
        scales = [self.manifest.calibration[label] for label in LABELS]
        self._slopes = np.array([scale.slope for scale in scales])
        self._intercepts = np.array([scale.intercept for scale in scales])
        self._alone = Judge(self.manifest.alone)
        self._in_context = Judge(self.manifest.in_context)

    @classmethod
    def load(cls, path: str | Path | None = None) -> Predictor:
        """Load a model folder; without a path, the model that is shipped with the package.

        Raises
        ------
        ArtifactError
            If the folder is missing, damaged, changed, or of another version.
        """
        artifact = open_artifact(path)
        artifact.verify()
        return cls(artifact)

    def predict(self, sentences: Iterable[str]) -> list[Prediction]:
        """Label sentences, each judged alone.

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
        return self.judge(texts).predictions(texts, _whole(texts))

    def judge(self, sentences: Iterable[str]) -> Verdicts:
        """Return the answers of `predict` as arrays, for those who write many rows."""
        return self._alone.judge(self._log_odds(_checked(sentences)))

    def predict_proba(self, sentences: Iterable[str]) -> NDArray[np.float64]:
        """Return calibrated probabilities, shape (n, 4), columns in the order of `labels`.

        They are 0 for a sentence of which the model knows nothing.
        """
        return sigmoid(self._log_odds(_checked(sentences)))

    def predict_article(self, text: str) -> list[Prediction]:
        """Cut an article into sentences and label each in its context, with its exact place.

        ``text[p.start:p.end] == p.sentence`` holds for every prediction, whatever the text.
        """
        return self.predict_articles([text])[0].predictions

    def predict_articles(self, texts: Iterable[str]) -> list[LabelledText]:
        """Label several articles at once, which is faster; the answers are those of `predict_article`."""
        columns = self.predict_columns(texts)
        return [LabelledText(*both) for both in zip(columns.predictions(), columns.on_topic, strict=True)]

    def predict_columns(self, texts: Iterable[str]) -> Columns:
        """Return the answers of `predict_articles` as columns, for those who write many rows."""
        articles = list(texts)
        for text in articles:
            if not isinstance(text, str):
                raise SentenceTypeError(f"an article must be a string, not {type(text).__name__}")
        spans = [split_sentences(text) for text in articles]
        sentences = [text[start:end] for text, places in zip(articles, spans, strict=True) for start, end in places]
        return self._columns([len(places) for places in spans], sentences, list(chain.from_iterable(spans)))

    def predict_sequence(self, sentences: Iterable[str]) -> list[Prediction]:
        """Label the sentences of one article, given in order, each in its context.

        Takes and returns what `predict` does.
        """
        texts = _checked(sentences)
        return self._columns([len(texts)], texts, _whole(texts)).predictions()[0]

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
        parts = self._explainer.explain(text)
        probabilities = self.predict_proba([text])[0]
        return {
            label: Explanation(
                label,
                part.decision,
                part.intercept,
                float(probabilities[column]),
                self.manifest.alone[label].threshold,
                part.contributions,
            )
            for column, (label, part) in enumerate(parts.items())
        }

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self._weights)

    def _log_odds(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return calibrated log-odds, shape (n, 4); minus infinity where nothing is known."""
        if len(texts) > _CHUNK:
            starts = range(0, len(texts), _CHUNK)
            return np.concatenate([self._log_odds(texts[start : start + _CHUNK]) for start in starts])
        log_odds = self.scorer.decision_function(texts)
        log_odds *= self._slopes
        log_odds += self._intercepts
        np.copyto(log_odds, -np.inf, where=np.isnan(log_odds))
        return log_odds

    def _columns(self, sizes: list[int], texts: list[str], spans: list[tuple[int, int]]) -> Columns:
        article = np.repeat(np.arange(len(sizes)), sizes)
        alone = self._log_odds(texts)
        context = self.manifest.context
        probabilities = sigmoid(alone)
        together = context.log_odds(alone, probabilities, article)
        verdicts = self._in_context.judge(together, self._alone.holds(probabilities))
        return Columns(sizes, texts, spans, verdicts, context.on_topic(probabilities, article, len(sizes)).tolist())


def _whole(texts: list[str]) -> list[tuple[int, int]]:
    """Return the places of sentences that are whole texts."""
    return [(0, len(text)) for text in texts]


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
