"""The imported predictor."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from model import LABELS, InputError, ModelError, Prediction, Predictor, SentenceTypeError

ARTICLES = sorted((ROOT / "tests" / "articles").iterdir())
SENTENCES = [
    "Ford said it would close its plant in Genk because of weak demand, with the loss of 4,300 jobs.",
    "The minister said the government would lend the company £100m.",
    "It will build a battery factory and hire 900 people.",
    "The plant opened in 1964.",
    "",
]


def article(predictor: Predictor, file: Path) -> list[Prediction]:
    return predictor.predict_article(file.read_text(encoding="utf-8"))


def test_labels_hold_from_their_threshold_on_and_stand_in_label_order(predictor: Predictor) -> None:
    for prediction in predictor.predict(SENTENCES):
        held = [name for name in LABELS if prediction.probabilities[name] >= predictor.manifest.alone[name].threshold]
        assert list(prediction.labels) == held


def test_the_primary_label_has_the_highest_margin_over_its_threshold(predictor: Predictor) -> None:
    def margin(name: str, probability: float) -> float:
        threshold = predictor.manifest.alone[name].threshold
        return math.log(probability / (1 - probability)) - math.log(threshold / (1 - threshold))

    for prediction in predictor.predict(SENTENCES[:4]):
        best = max(LABELS, key=lambda name: margin(name, prediction.probabilities[name]))
        assert prediction.label == (best if prediction.labels else "none")


def test_plain_sentences_get_the_labels_that_a_reader_would_give(predictor: Predictor) -> None:
    assert [p.labels for p in predictor.predict(SENTENCES)] == [
        ("layoff", "cause"),
        ("political_response",),
        ("investment",),
        (),
        (),
    ]


def test_a_sentence_in_an_article_is_judged_by_its_neighbours_too(predictor: Predictor) -> None:
    text = (
        "The minister said the government would help the workers of the steel plant.\n\n"
        '"We are in talks with the company about a loan," the minister said.\n\n'
        '"We will do all we can."'
    )
    alone = predictor.predict(['"We will do all we can."'])[0].probabilities["political_response"]
    last = predictor.predict_article(text)[-1]
    assert last.probabilities["political_response"] > alone


def test_labels_that_came_through_context_are_named(predictor: Predictor) -> None:
    for file in ARTICLES:
        text = file.read_text(encoding="utf-8")
        for prediction in predictor.predict_article(text):
            (alone,) = predictor.predict([prediction.sentence])
            assert set(prediction.through_context) == set(prediction.labels) - set(alone.labels)
            assert alone.through_context == ()


def test_a_sequence_is_judged_as_an_article_is(predictor: Predictor) -> None:
    for file in ARTICLES:
        whole = predictor.predict_article(file.read_text(encoding="utf-8"))
        sequence = predictor.predict_sequence([prediction.sentence for prediction in whole])
        assert [p.probabilities for p in sequence] == [p.probabilities for p in whole]


def test_a_prediction_is_for_review_where_a_probability_lies_in_its_band(predictor: Predictor) -> None:
    for prediction in predictor.predict([p.sentence for file in ARTICLES for p in article(predictor, file)]):
        cuts = predictor.manifest.alone
        inside = [cuts[name].low <= p < cuts[name].high for name, p in prediction.probabilities.items()]
        assert prediction.decided == (not any(inside))


def test_probabilities_are_an_array_in_label_order(predictor: Predictor) -> None:
    array = predictor.predict_proba(SENTENCES)
    assert array.shape == (5, 4)
    assert [list(p.probabilities.values()) for p in predictor.predict(SENTENCES)] == array.tolist()
    assert predictor.predict_proba([]).shape == (0, 4)


@pytest.mark.parametrize("text", ["", "   ", "\n", "!?", "\u3000", "\ud800", "\0"])
def test_empty_blank_and_unknown_sentences_are_none_and_say_so(predictor: Predictor, text: str) -> None:
    (prediction,) = predictor.predict([text])
    assert prediction.labels == ()
    assert prediction.label == "none"
    assert not prediction.recognised
    assert set(prediction.probabilities.values()) == {0.0}


@pytest.mark.parametrize("wrong", ["one sentence", b"bytes", 3, None, [None], ["a", 1], [b"a"]])
def test_wrong_types_raise_a_clear_error(predictor: Predictor, wrong: object) -> None:
    with pytest.raises(SentenceTypeError, match=r"must be a string|list of sentences") as caught:
        predictor.predict(wrong)  # type: ignore[arg-type]
    assert isinstance(caught.value, ModelError)


def test_an_article_that_is_not_text_raises_a_clear_error(predictor: Predictor) -> None:
    with pytest.raises(SentenceTypeError, match="an article must be a string, not bytes"):
        predictor.predict_article(b"Jobs go.")  # type: ignore[arg-type]


@given(st.text())
def test_offsets_of_an_article_are_exact_for_any_text(predictor: Predictor, text: str) -> None:
    for prediction in predictor.predict_article(text):
        assert text[prediction.start : prediction.end] == prediction.sentence


@given(st.lists(st.text(), max_size=5))
def test_any_text_gets_probabilities_between_0_and_1(predictor: Predictor, texts: list[str]) -> None:
    array = predictor.predict_proba(texts)
    assert np.isfinite(array).all()
    assert ((array >= 0) & (array <= 1)).all()


@given(st.text() | st.sampled_from(SENTENCES))
def test_an_explanation_adds_up_to_the_decision_value(predictor: Predictor, text: str) -> None:
    decisions = predictor.scorer.decision_function([text])[0]
    for decision, explanation in zip(decisions, predictor.explain(text).values(), strict=True):
        total = explanation.intercept + sum(part.weight for part in explanation.contributions)
        assert abs(total - explanation.decision) <= 1e-9
        assert np.isnan(decision) or abs(decision - explanation.decision) <= 1e-9


@given(st.text() | st.just("İSTANBUL jobs. Jobs go, JOBS go."))
def test_an_explanation_names_the_places_of_its_ngrams(predictor: Predictor, text: str) -> None:
    for explanation in predictor.explain(text).values():
        for part in explanation.contributions:
            assert part.places
            for start, end in part.places:
                assert text[start:end].lower().split()[0][:1] == part.ngram[:1]


def test_a_frame_keeps_its_rows_and_gains_the_labels(predictor: Predictor) -> None:
    frame = pd.DataFrame({"text": SENTENCES, "id": range(5)}, index=list("abcde"))
    answer = predictor.predict_frame(frame, text="text")
    assert list(answer.index) == list("abcde")
    assert list(answer.columns) == ["text", "id", "label", "labels", *(f"p_{label}" for label in LABELS)]
    assert answer["labels"].tolist()[:2] == ["layoff;cause", "political_response"]
    assert list(frame.columns) == ["text", "id"]
    assert len(predictor.predict_frame(frame.iloc[:0], text="text")) == 0


def test_a_frame_without_the_column_is_refused(predictor: Predictor) -> None:
    with pytest.raises(InputError, match="no column 'sentence'"):
        predictor.predict_frame(pd.DataFrame({"text": ["a"]}))


def test_a_missing_value_in_a_frame_is_refused(predictor: Predictor) -> None:
    with pytest.raises(SentenceTypeError, match="sentence 1 must be a string"):
        predictor.predict_frame(pd.DataFrame({"sentence": ["a", None]}))


def test_a_prediction_cannot_be_changed(predictor: Predictor) -> None:
    (prediction,) = predictor.predict(["Jobs go."])
    with pytest.raises(FrozenInstanceError):
        prediction.label = "none"  # type: ignore[misc]


def test_threads_may_share_a_predictor(predictor: Predictor) -> None:
    expected = predictor.predict_proba(SENTENCES).tolist()
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: predictor.predict_proba(SENTENCES).tolist(), range(40))
    assert all(answer == expected for answer in answers)
