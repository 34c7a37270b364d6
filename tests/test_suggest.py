"""Picking what to label, and the way back through each tool into training."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, Run
from model import LABELS, Predictor
from model.corrections import Correction, append_correction
from model.records import Article
from training.annotations import read_annotations
from training.seeds import load_seeds
from training.selection import Pool, diverse, uncertainty
from training.suggest import FIELDS, main, suggest

ARTICLES = ROOT / "tests" / "articles"


def texts() -> Iterator[Article]:
    yield from (Article(file.name, file.read_text(encoding="utf-8")) for file in sorted(ARTICLES.iterdir()))


def command(run: Run, *arguments: object) -> tuple[int, str]:
    done = run(sys.executable, "-m", "training.suggest", *map(str, arguments))
    return done.returncode, done.stderr


def test_uncertainty_is_1_at_the_thresholds_and_falls_with_the_distance_in_log_odds(predictor: Predictor) -> None:
    cuts = predictor.manifest.in_context
    at = np.array([[cuts[label].threshold for label in LABELS]])
    values = [float(uncertainty(row, cuts)[0]) for row in (at, at * 0.8, at * 0.1, np.zeros((1, 4)))]
    assert values[0] == pytest.approx(1)
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0


def test_all_four_labels_count_towards_uncertainty(predictor: Predictor) -> None:
    cuts = predictor.manifest.in_context
    sure = np.full((4, 4), 1e-6)
    for column, label in enumerate(LABELS):
        sure[column, column] = cuts[label].threshold
    np.testing.assert_allclose(uncertainty(sure, cuts), 0.25, atol=1e-4)


def test_picks_stand_in_their_article_between_their_neighbours(predictor: Predictor) -> None:
    articles = {article.id: article.text for article in texts()}
    rows = suggest(texts(), predictor, 12)
    assert len(rows) == 12
    for row in rows:
        assert tuple(row) == FIELDS
        text = articles[row["article"]]
        assert text[row["start"] : row["end"]] == row["text"]
        predictions = predictor.predict_article(text)
        place = row["sentence_index"]
        assert predictions[place].labels == tuple(row["label"])
        assert row["before"] == (predictions[place - 1].sentence if place else "")
        assert row["after"] == (predictions[place + 1].sentence if place + 1 < len(predictions) else "")


def test_the_same_sentence_in_several_articles_is_picked_once(predictor: Predictor) -> None:
    copies = [Article(f"{article.id}/{number}", article.text) for article in texts() for number in range(3)]
    rows = suggest(copies, predictor, 100)
    assert len({row["text"] for row in rows}) == len(rows)


def test_sentences_that_differ_in_names_and_numbers_only_are_picked_once(predictor: Predictor) -> None:
    sentences = [
        f"{name} might cut {number} jobs at a factory." for name, number in (("Opel", "90"), ("Fiat", "1,200"))
    ]
    rows = suggest([Article(sentence, sentence) for sentence in sentences], predictor, 10)
    assert len(rows) == 1


def test_sentences_that_are_labelled_already_are_left_out(predictor: Predictor) -> None:
    first = suggest(texts(), predictor, 5)
    known = [row["text"].replace(" ", "  ") for row in first]
    again = suggest(texts(), predictor, 100, known)
    assert again
    assert not {row["text"] for row in first} & {row["text"] for row in again}
    assert suggest(texts(), predictor, 100, [*known, *(row["text"] for row in again)]) == []


@given(st.lists(st.text(max_size=200), max_size=5))
def test_whatever_articles_hold_picks_are_parts_of_them(predictor: Predictor, contents: list[str]) -> None:
    articles = [Article(str(number), text) for number, text in enumerate(contents)]
    for row in suggest(articles, predictor, 3):
        assert contents[int(row["article"])][row["start"] : row["end"]] == row["text"]


def test_picks_are_diverse_where_the_most_uncertain_are_alike() -> None:
    sentences = ["Jobs might go at the mill.", "Jobs might go at the old mill.", "Sales fell."]
    assert diverse(sentences, np.array([0.9, 0.89, 0.5]), 2) == [0, 2]


@given(st.lists(st.floats(0.001, 1), unique=True, max_size=400))
def test_a_pool_keeps_the_most_uncertain_whatever_their_order(values: list[float]) -> None:
    pool: Pool[float] = Pool(1)
    words = [f"w{number}" for number in range(len(values))]
    for value, word in zip(values, words, strict=True):
        pool.offer(value, word, value)
    assert pool.pick() == sorted(values, reverse=True)[:1]


def test_a_pool_keeps_the_most_uncertain_of_the_copies_of_a_sentence() -> None:
    pool: Pool[str] = Pool(5)
    for value, item in ((0.2, "a"), (0.7, "b"), (0.4, "c")):
        pool.offer(value, "It rained.", item)
    assert pool.pick() == ["b"]


def test_sentences_already_in_the_seeds_or_in_corrections_are_left_out(
    run: Run, few_seeds: Path, tmp_path: Path
) -> None:
    seed = load_seeds(few_seeds).sentences[0]
    corrected = "Bosses at the mill declined to say whether posts were at risk."
    new = "The council wants talks on what happens to the staff."
    (tmp_path / "a.txt").write_text(f"{seed}\n\n{corrected}\n\n{new}\n", encoding="utf-8")
    append_correction(tmp_path / "c.jsonl", Correction.now("m", "x", corrected, [], ["layoff"]))
    output = tmp_path / "out.jsonl"
    known = ("--seeds", few_seeds, "--also", tmp_path / "c.jsonl")
    code, error = command(run, tmp_path / "a.txt", "--output", output, *known)
    assert code == 0, error
    assert [json.loads(line)["text"] for line in output.read_text(encoding="utf-8").splitlines()] == [new]


def test_csv_is_safe_to_open_in_a_spreadsheet_and_comes_back_unchanged(run: Run, tmp_path: Path) -> None:
    sentence = "=1+1 jobs might go at the mill."
    (tmp_path / "a.txt").write_text(sentence, encoding="utf-8")
    output = tmp_path / "out.csv"
    assert command(run, tmp_path / "a.txt", "--output", output)[0] == 0
    (row,) = csv.DictReader(io.StringIO(output.read_bytes().decode(), newline=""))
    assert tuple(row) == FIELDS
    assert row["text"] == "'" + sentence
    assert [each.sentence for each in read_annotations(output)] == [sentence]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x.txt", "--output", "out.xlsx"), "out.xlsx: unknown ending '.xlsx'; use .csv or .jsonl or .json"),
        (("x.txt", "--output", "nowhere/out.csv"), "nowhere/out.csv: its folder nowhere doesn't exist; make it first"),
        (("gone.txt", "--output", "out.csv"), "gone.txt: no such file or folder, and no file matches it as a pattern"),
        (("out.csv", "--output", "out.csv"), "out.csv: would be overwritten by the output; name another file to write"),
        (("x.txt", "--output", "out.csv", "--artifact", "gone"), "gone: "),
        (("x.txt", "--output", "out.csv", "--also", "gone.jsonl"), "gone.jsonl: can't be read"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line(
    tmp_path: Path,
    arguments: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x.txt", "out.csv"):
        Path(name).write_text("It rained.")
    assert main([*arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"training.suggest: {message}")
    assert error.count("\n") == 1


def test_a_count_that_is_no_number_is_wrong_usage(run: Run) -> None:
    code, error = command(run, "x.txt", "--output", "out.csv", "--count", "0")
    assert code == 2
    assert "'0' isn't a number of sentences" in error


def test_a_record_that_cant_be_read_is_named_and_stops_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Jobs might go."}\n{"text": 7}\n')
    code, error = command(run, tmp_path / "a.jsonl", "--output", tmp_path / "out.csv", "--text-column", "text")
    assert code == 0
    assert "a.jsonl:2: field 'text' must be a string" in error


def test_where_no_article_can_be_read_nothing_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": 7}\n')
    code, error = command(run, tmp_path / "a.jsonl", "--output", tmp_path / "out.csv")
    assert code == 1
    assert error.splitlines()[-1] == "training.suggest: no article could be read"
    assert not (tmp_path / "out.csv").exists()


def doccano(file: Path, choose: Callable[[str], list[str]]) -> str:
    """What doccano exports of a file of suggestions: the other fields stand beside text and labels."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    back = [row | {"id": number, "label": choose(row["text"]), "Comments": []} for number, row in enumerate(rows)]
    return "".join(json.dumps(row) + "\n" for row in back)


def label_studio(file: Path, choose: Callable[[str], list[str]]) -> str:
    """What Label Studio exports as JSON of a file of suggestions."""
    tasks: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    for task in tasks:
        (said,) = task["predictions"][0]["result"]
        result = said | {"id": "Dx_aB91ISN", "value": {"choices": choose(task["data"]["text"]) or ["none"]}}
        task["annotations"] = [{"id": 1, "result": [result], "was_cancelled": False}]
    return json.dumps(tasks)


def spreadsheet(file: Path, choose: Callable[[str], list[str]]) -> str:
    """What a person leaves of a file of suggestions who types into the column `label`."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, FIELDS)
    writer.writeheader()
    for row in csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")):
        writer.writerow(row | {"label": "; ".join(choose(row["text"])) or "none"})
    return out.getvalue()


@pytest.mark.parametrize(
    ("ending", "export"),
    [(".jsonl", doccano), (".json", label_studio), (".csv", spreadsheet)],
    ids=["doccano", "Label Studio", "spreadsheet"],
)
def test_suggestions_come_back_from_each_tool_as_they_were_labelled(
    run: Run, tmp_path: Path, ending: str, export: Callable[[Path, Callable[[str], list[str]]], str]
) -> None:
    file, back = tmp_path / f"out{ending}", tmp_path / f"back{ending}"
    assert command(run, "tests/articles", "--count", 9, "--output", file)[0] == 0
    back.write_text(export(file, lambda text: ["cause", "layoff"] if "jobs" in text else []), encoding="utf-8")
    annotations = read_annotations(back)
    assert len(annotations) == 9
    assert {each.article for each in annotations} <= {f"tests/articles/{file.name}" for file in ARTICLES.iterdir()}
    for each in annotations:
        assert each.labels == (("layoff", "cause") if "jobs" in each.sentence else ())
