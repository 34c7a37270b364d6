"""Measuring against gold labels."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from conftest import ROOT, Run
from model import LABELS, InputError
from training.gold import load_gold
from training.metrics import calibration_error, f1_intervals, f1_scores, story_weights

REAL = ROOT.parent / "shared" / "real_news" / "dev.jsonl"
LINES = [
    {"story": "a", "position": 0, "sentence": "The mill will close, with the loss of 90 jobs.", "labels": ["layoff"]},
    {"story": "a", "position": 1, "sentence": "It opened in 1904.", "labels": []},
    {
        "story": "b",
        "position": 0,
        "sentence": "The minister said it was a blow.",
        "labels": ["layoff", "political_response"],
        "needs_context": ["layoff"],
    },
]


def write(folder: Path, lines: list[object]) -> Path:
    file = folder / "gold.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def evaluate(run: Run, *arguments: object) -> tuple[int, str, str]:
    done = run(sys.executable, "-m", "training.evaluate", *map(str, arguments))
    return done.returncode, done.stdout, done.stderr


def test_figures_and_predictions_are_written_in_order(run: Run, tmp_path: Path) -> None:
    out, predictions = tmp_path / "out.json", tmp_path / "predictions.jsonl"
    code, text, error = evaluate(run, "--gold", write(tmp_path, [*LINES]), "--json", out, "--predictions", predictions)
    assert code == 0, error
    figures = json.loads(out.read_text())
    for name in ("alone", "in_context"):
        assert f"macro-F1 {figures[name]['macro_f1']:.3f}" in text
        assert set(figures[name]["labels"]) == set(LABELS)
    rows = [json.loads(line) for line in predictions.read_text().splitlines()]
    assert [row["labels"] for row in rows][:2] == [["layoff"], []]
    assert rows[0]["alone"]["labels"] == ["layoff"]
    assert list(rows[0]["probabilities"]) == list(LABELS)


def test_labels_that_need_context_are_left_out_of_the_second_figure(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    evaluate(run, "--gold", write(tmp_path, [*LINES]), "--json", out)
    figures = json.loads(out.read_text())["alone"]
    assert figures["labels"]["layoff"]["recall"] == 0.5
    assert figures["without_context_labels"]["f1"]["layoff"] == 1.0


def test_the_seeds_own_format_is_accepted(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "gold.csv"
    file.write_text('story,sentence,labels\na,"The mill will close, with the loss of 90 jobs.",layoff\nb,Hm.,none\n')
    code, text, _ = evaluate(run, "--gold", file)
    assert code == 0
    assert "2 sentences in 2 stories" in text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"story": "a"', "gold.jsonl:2: not valid JSON"),
        ("[]", "gold.jsonl:2: must be a JSON object"),
        ('{"story": "a", "labels": []}', "gold.jsonl:2: field 'sentence' must be a string"),
        ('{"story": "a", "sentence": "b", "labels": "layoff"}', "gold.jsonl:2: field 'labels' must be a list"),
        ('{"story": "a", "sentence": "b", "labels": ["x"]}', "gold.jsonl:2: field 'labels': unknown label 'x'"),
        ('{"story": "a", "sentence": "b", "labels": [], "needs_context": ["cause"]}', "isn't in 'labels'"),
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps(LINES[0]) + "\n" + line + "\n")
    with pytest.raises(InputError) as caught:
        load_gold(file)
    assert message in str(caught.value)


def test_a_missing_or_empty_gold_file_is_one_line(run: Run, tmp_path: Path) -> None:
    assert evaluate(run, "--gold", tmp_path / "x.jsonl")[::2] == (
        1,
        f"training.evaluate: {tmp_path / 'x.jsonl'}: can't be read (No such file or directory)\n",
    )
    with pytest.raises(InputError, match="holds no sentence"):
        load_gold(write(tmp_path, []))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_f1_is_the_one_that_scikit_learn_computes(pairs: list[tuple[bool, bool]]) -> None:
    gold, predicted = np.array(pairs).T.reshape(2, -1, 1)
    assert f1_scores(gold, predicted)[0] == pytest.approx(f1_score(gold, predicted, zero_division=0))


def test_calibration_error_is_0_for_perfect_and_large_for_reversed_probabilities() -> None:
    gold = np.array([[True, False], [False, True]])
    assert calibration_error(gold, gold.astype(float)) == 0
    assert calibration_error(gold, 1 - gold.astype(float)) == 1


def test_bootstrap_samples_draw_as_many_stories_as_there_are() -> None:
    weights = story_weights(40, samples=20)
    assert weights.shape == (20, 40)
    assert (weights.sum(axis=1) == 40).all()


def test_an_interval_by_story_is_wider_than_one_by_sentence_where_stories_are_alike() -> None:
    right = np.repeat(np.arange(30) % 3 > 0, 20).reshape(-1, 1).repeat(4, axis=1)
    gold = np.ones_like(right)
    by_story, _ = f1_intervals(np.repeat(np.arange(30), 20).astype(str), gold, right)
    by_sentence, _ = f1_intervals(np.arange(600).astype(str), gold, right)
    assert by_story[1] - by_story[0] > 2 * (by_sentence[1] - by_sentence[0])
    assert by_story[0] < f1_scores(gold, right).mean() < by_story[1]


@pytest.mark.skipif(not REAL.exists(), reason="the real articles lie in ../shared, which only developers have")
def test_the_shipped_model_reaches_the_goal_on_real_articles(run: Run, tmp_path: Path) -> None:
    code, _, error = evaluate(run, "--gold", REAL, "--json", tmp_path / "out.json")
    assert code == 0, error
    assert json.loads((tmp_path / "out.json").read_text())["alone"]["macro_f1"] >= 0.65
