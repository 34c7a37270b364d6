"""From the body of a request to the body of its answer: the work of the service, without HTTP."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from model.columns import Verdicts
from model.corrections import Correction, append_correction
from model.errors import OutputError
from model.predictor import Predictor
from model.service.metrics import Metrics
from model.service.problems import ProblemError, validation_problem
from model.service.schemas import Schemas
from model.service.settings import ServiceSettings
from model.version import __version__

__all__ = ["Answers"]


class Answers:
    """Answers requests; each method takes the bytes of a body and returns those of the answer.

    Parameters
    ----------
    settings
        Limits, and where corrections go.
    predictor
        The model.
    metrics
        Is told what was labelled.

    Raises
    ------
    ProblemError
        By every method, if the body isn't as it should be.
    """

    def __init__(self, settings: ServiceSettings, predictor: Predictor, metrics: Metrics) -> None:
        self.schemas = Schemas.of(settings)
        self._settings = settings
        self._predictor = predictor
        self._metrics = metrics

    def sentences(self, body: bytes) -> bytes:
        """Label sentences, each judged alone."""
        request: Any = _parsed(self.schemas.sentences, body)
        verdicts = self._predictor.judge(request.sentences)
        self._metrics.labelled(verdicts)
        spans = [(0, len(text)) for text in request.sentences]
        return to_json(_sentences(request.sentences, spans, verdicts))

    def articles(self, body: bytes) -> bytes:
        """Label the sentences of articles in their context."""
        request: Any = _parsed(self.schemas.articles, body)
        columns = self._predictor.predict_columns(article.text for article in request.articles)
        most = self._settings.maximum_sentences
        if len(columns.texts) > most:
            message = f"hold {len(columns.texts)} sentences, the limit is {most}; send fewer at once"
            raise ProblemError(422, f"articles: {message}", [{"field": "articles", "message": message}])
        self._metrics.labelled(columns.verdicts)
        every = _sentences(columns.texts, columns.spans, columns.verdicts)
        return to_json(
            [
                {"id": article.id, "on_topic": on_topic, "sentences": every[start:end]}
                for article, on_topic, (start, end) in zip(
                    request.articles, columns.on_topic, columns.places(), strict=True
                )
            ]
        )

    def explain(self, body: bytes) -> bytes:
        """Say which n-grams decided."""
        request: Any = _parsed(self.schemas.explain, body)
        explanations = self._predictor.explain(request.sentence)
        answer = {
            label: asdict(explanation) | {"contributions": list(map(asdict, explanation.contributions))}
            for label, explanation in explanations.items()
        }
        for each in answer.values():
            del each["label"]
        return to_json(answer)

    def correct(self, body: bytes) -> bytes:
        """Store a correction or confirmation."""
        if self._settings.corrections is None:
            raise ProblemError(404, "no corrections are taken; start the service with --corrections FILE")
        request: Any = _parsed(self.schemas.correction, body)
        model = self._predictor.manifest.name
        correction = Correction.now(model, request.article, request.sentence, request.given, request.labels)
        try:
            append_correction(Path(self._settings.corrections), correction)
        except OutputError as error:
            raise ProblemError(503, str(error)) from None
        return to_json(asdict(correction))

    def model(self, _: bytes = b"") -> bytes:
        """Describe the model and the limits."""
        manifest, settings = self._predictor.manifest, self._settings
        return to_json(
            {
                "name": manifest.name,
                "created": manifest.created,
                "version": __version__,
                "scorer": self._predictor.scorer.description,
                "thresholds": {
                    "alone": {label: cut.threshold for label, cut in manifest.alone.items()},
                    "in_context": {label: cut.threshold for label, cut in manifest.in_context.items()},
                },
                "seeds": manifest.seeds,
                "quality": manifest.quality,
                "limits": {
                    "maximum_megabytes": settings.maximum_megabytes,
                    "maximum_sentences": settings.maximum_sentences,
                    "maximum_characters": settings.maximum_characters,
                    "concurrent": settings.concurrent,
                    "seconds": settings.seconds,
                },
                "corrections": settings.corrections is not None,
            }
        )


def _parsed(schema: type[BaseModel], body: bytes) -> BaseModel:
    try:
        return schema.model_validate_json(body)
    except ValidationError as error:
        raise validation_problem(error) from None


def _sentences(texts: list[str], spans: list[tuple[int, int]], verdicts: Verdicts) -> list[dict[str, Any]]:
    return [
        {
            "sentence": text,
            "start": start,
            "end": end,
            "label": label,
            "labels": labels,
            "decided": decided,
            "recognised": any(by_label.values()),
            "through_context": gained,
            "probabilities": by_label,
        }
        for text, (start, end), (label, labels, decided, gained, by_label) in zip(
            texts, spans, verdicts.answers(), strict=True
        )
    ]
