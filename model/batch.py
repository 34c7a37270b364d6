"""Label many articles: the library behind ``classify-news predict``.

>>> from model.batch import classify_articles
>>> articles = [("1", "The mill will close with the loss of 90 jobs."), ("2", "It rained.")]
>>> [(article.id, [p.label for p in article.predictions]) for article in classify_articles(articles)]
[('1', ['layoff']), ('2', ['none'])]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from model.errors import InputError, SentenceTypeError
from model.prediction import FIELDS, Prediction
from model.predictor import Predictor
from model.records import Article

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SPARK_SCHEMA", "LabelledArticle", "classify_articles", "classify_frame"]

SPARK_SCHEMA = (
    "article string, sentence_index long, start long, end long, sentence string, label string, labels array<string>, "
    "decided boolean, p_layoff double, p_investment double, p_political_response double, p_cause double"
)
"""What `classify_frame` returns, as Spark's ``mapInPandas`` wants to be told."""

_AT_ONCE = 64


@dataclass(frozen=True)
class LabelledArticle:
    """An article's id, its sentences in order, and whether it is on topic."""

    id: str
    text: str
    predictions: list[Prediction]
    on_topic: bool


def classify_articles(
    articles: Iterable[Article | tuple[str, str]], predictor: Predictor | None = None
) -> Iterator[LabelledArticle]:
    """Label articles one after the other, in constant memory.

    Parameters
    ----------
    articles
        Articles, or pairs of id and text.
    predictor
        The shipped model if not given.

    Raises
    ------
    SentenceTypeError
        If something else is given, or a text isn't a string.
    """
    predictor = predictor or Predictor.load()
    source = map(_article, articles)
    while some := list(islice(source, _AT_ONCE)):
        labelled = predictor.predict_articles(article.text for article in some)
        for article, answer in zip(some, labelled, strict=True):
            yield LabelledArticle(article.id, article.text, answer.predictions, answer.on_topic)


def _article(article: Article | tuple[str, str]) -> Article:
    if isinstance(article, Article):
        return article
    if not isinstance(article, tuple) or len(article) != 2 or not all(isinstance(part, str) for part in article):  # noqa: PLR2004
        raise SentenceTypeError(f"give articles or pairs (id, text) of strings, not {article!r:.60}")
    return Article(*article)


def classify_frame(
    frame: pd.DataFrame, text: str = "text", identity: str = "id", predictor: Predictor | None = None
) -> pd.DataFrame:
    """Label a frame of articles: the function for one partition, with pandas, Dask or Spark.

    Parameters
    ----------
    frame
        One article a row.
    text, identity
        Its columns of texts and ids.
    predictor
        The shipped model if not given.

    Returns
    -------
    One row a sentence, with the columns of the command's rows.

    Raises
    ------
    InputError
        If a column is missing.
    SentenceTypeError
        If a text isn't a string.
    """
    import pandas as pd

    for name in (text, identity):
        if name not in frame.columns:
            raise InputError(f"the frame has no column {name!r} (it has {', '.join(map(str, frame.columns))})")
    articles = zip(frame[identity].astype(str), frame[text], strict=True)
    rows = [
        prediction.row(article.id, index)
        for article in classify_articles(articles, predictor or _shipped())
        for index, prediction in enumerate(article.predictions)
    ]
    return pd.DataFrame(rows, columns=list(FIELDS))


@lru_cache(maxsize=1)
def _shipped() -> Predictor:
    return Predictor.load()
