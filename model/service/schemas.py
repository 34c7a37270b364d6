"""What requests and answers look like, for validation and for OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, create_model
from pydantic.json_schema import models_json_schema

from model.labels import LABELS
from model.service.settings import ServiceSettings

__all__ = ["REFERENCE", "Schemas"]

REFERENCE = "#/components/schemas/{model}"
_MOST_ID = 2000
_MOST_ARTICLES = 1000
_SENTENCE = "The company said it would cut about 600 jobs because of weak demand."
_ARTICLE = "Ford is to close its plant in Genk. The minister called it a disaster."

Label = Literal["layoff", "investment", "political_response", "cause"]
Probability = Annotated[float, Field(ge=0, le=1)]


class Probabilities(BaseModel):
    """Calibrated probability of each label."""

    layoff: Probability
    investment: Probability
    political_response: Probability
    cause: Probability


class SentenceAnswer(BaseModel):
    """One sentence and its labels; `start` and `end` count characters (code points) of the text."""

    sentence: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    label: Label | Literal["none"]
    labels: list[Label]
    decided: bool
    recognised: bool
    through_context: list[Label]
    probabilities: Probabilities


class ArticleAnswer(BaseModel):
    """The sentences of one article, and whether it is on topic."""

    id: str
    on_topic: bool
    sentences: list[SentenceAnswer]


class ContributionAnswer(BaseModel):
    """One n-gram's part in a decision, and its places (start, end) in the sentence."""

    ngram: str
    weight: float
    places: list[tuple[int, int]]


class ExplanationAnswer(BaseModel):
    """Why one label holds or doesn't: intercept and weights add up to the decision."""

    decision: float
    intercept: float
    probability: Probability
    threshold: Probability
    contributions: list[ContributionAnswer]


class ExplanationsAnswer(BaseModel):
    """The explanation of each label."""

    layoff: ExplanationAnswer
    investment: ExplanationAnswer
    political_response: ExplanationAnswer
    cause: ExplanationAnswer


class ModelAnswer(BaseModel):
    """What is known of the model, and the limits of this service."""

    name: str
    created: str
    version: str
    scorer: str
    thresholds: dict[str, dict[str, float]]
    seeds: dict[str, Any]
    quality: dict[str, Any]
    limits: dict[str, float]
    corrections: bool


class CorrectionAnswer(BaseModel):
    """What was stored."""

    time: str
    model: str
    article: str
    sentence: str
    given: list[Label]
    labels: list[Label]


class FieldError(BaseModel):
    """A field and what is wrong with it."""

    field: str
    message: str


class Problem(BaseModel):
    """An error, after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


class Article(BaseModel):
    """An article; `id` comes back with the answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field("", max_length=_MOST_ID)
    text: str


class ArticlesRequest(BaseModel):
    """Articles to label."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"articles": [{"id": "a1", "text": _ARTICLE}]}]}
    )

    articles: list[Article] = Field(max_length=_MOST_ARTICLES)


@dataclass(frozen=True)
class Schemas:
    """The models of requests, whose limits are settings, and the OpenAPI schema of all.

    Attributes
    ----------
    sentences, articles, explain, correction
        Models of the bodies of the four requests.
    """

    sentences: type[BaseModel]
    articles: type[BaseModel]
    explain: type[BaseModel]
    correction: type[BaseModel]

    @classmethod
    def of(cls, settings: ServiceSettings) -> Schemas:
        """Build the models for these limits."""
        sentence = Annotated[str, StringConstraints(max_length=settings.maximum_characters)]
        name = Annotated[str, StringConstraints(max_length=_MOST_ID)]
        unique = Field(max_length=len(LABELS), json_schema_extra={"uniqueItems": True})
        labels = Annotated[list[Label], unique, AfterValidator(_different)]
        not_blank = Annotated[str, StringConstraints(max_length=settings.maximum_characters, pattern=r"\S")]
        several = (Annotated[list[sentence], Field(max_length=settings.maximum_sentences)], ...)
        return cls(
            _model("SentencesRequest", {"sentences": several}, {"sentences": [_SENTENCE]}),
            ArticlesRequest,
            _model("ExplainRequest", {"sentence": (sentence, ...)}, {"sentence": _SENTENCE}),
            _model(
                "CorrectionRequest",
                {"article": (name, ""), "sentence": (not_blank, ...), "given": (labels, ...), "labels": (labels, ...)},
                {"article": "a1", "sentence": _SENTENCE, "given": ["layoff"], "labels": ["layoff", "cause"]},
            ),
        )

    def components(self) -> dict[str, Any]:
        """Return the schemas of all models by name, as OpenAPI wants them."""
        requests = (self.sentences, self.articles, self.explain, self.correction)
        answers = (SentenceAnswer, ArticleAnswer, ExplanationsAnswer, ModelAnswer, CorrectionAnswer, Problem)
        validated: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
            (model, "validation") for model in (*requests, *answers)
        ]
        return dict(models_json_schema(validated, ref_template=REFERENCE)[1]["$defs"])


def _different(labels: list[str]) -> list[str]:
    if len(set(labels)) < len(labels):
        raise ValueError("a label stands twice")
    return labels


def _model(name: str, fields: dict[str, Any], example: dict[str, Any]) -> Any:
    config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [example]})
    return create_model(name, __config__=config, **fields)
