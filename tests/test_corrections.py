"""Corrections: given in the terminal, stored so that none is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, Run
from model import LABELS, InputError, Predictor
from model.corrections import Correction, append_correction, latest, read_corrections

ARTICLE = str(ROOT / "tests" / "articles" / "airline.md")
CHOICE = st.sets(st.sampled_from(LABELS)).map(lambda held: tuple(label for label in LABELS if label in held))


@given(st.text(), st.text(), CHOICE, CHOICE)
def test_what_is_stored_is_read_again(
    tmp_path_factory: pytest.TempPathFactory,
    article: str,
    sentence: str,
    wrong: tuple[str, ...],
    right: tuple[str, ...],
) -> None:
    file = tmp_path_factory.mktemp("store") / "c.jsonl"
    corrections = [Correction.now("m", article, sentence, wrong, right), Correction.now("m", "", "b", (), right)]
    for correction in corrections:
        append_correction(file, correction)
    assert read_corrections(file) == corrections


def test_a_line_that_a_crash_cut_short_is_left_out_and_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    first, second = (Correction.now("m", "a", text, (), ("layoff",)) for text in ("One.", "Two."))
    append_correction(file, first)
    with file.open("ab") as out:
        out.write(b'{"time": "2026-11-29T16:2')
    append_correction(file, second)
    assert read_corrections(file) == [first, second]


def test_many_processes_write_one_file_without_mixing_lines(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from model.corrections import *\n"
        "for n in range(30): append_correction(Path('c.jsonl'), "
        "Correction.now('m', sys.argv[1], f'Sentence {n}. ' * 500, (), ('cause',)))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, name], cwd=tmp_path) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    stored = read_corrections(tmp_path / "c.jsonl")
    assert sorted(each.article for each in stored) == ["a"] * 30 + ["b"] * 30 + ["c"] * 30


def test_what_was_said_last_counts() -> None:
    first, other, last = (
        Correction.now("m", "a", text, (), labels) for text, labels in (("x", ()), ("y", ()), ("x", ("cause",)))
    )
    assert latest([first, other, last]) == [last, other]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"time": "t", "model": "m", "article": 1, "sentence": "s"}', "field 'article' must be a string"),
        ('{"time": "t", "model": "m", "article": "", "sentence": "s", "given": []}', "field 'labels' must be a list"),
        (
            '{"time": "t", "model": "m", "article": "", "sentence": "s", "given": [], "labels": ["jobs"]}',
            "unknown label 'jobs'",
        ),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "c.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=message) as error:
        read_corrections(file)
    assert str(error.value).startswith(f"{file}:2: ")


def test_review_asks_about_each_sentence_once_and_stores_the_answers(
    classify: Run, tmp_path: Path, predictor: Predictor
) -> None:
    file = tmp_path / "c.jsonl"
    options = ("review", ARTICLE, "--corrections", str(file), "--all")
    done = classify(*options, input="\nlc\nhello\nn\ns\nq\n")
    assert done.returncode == 0, done.stderr
    assert "3 answers added" in done.stdout
    article = Path(ARTICLE).read_text(encoding="utf-8")
    predictions = predictor.predict_article(article)
    stored = read_corrections(file)
    assert [each.sentence for each in stored] == [p.sentence for p in predictions[:3]]
    assert [each.labels for each in stored] == [predictions[0].labels, ("layoff", "cause"), ()]
    assert [each.given for each in stored] == [p.labels for p in predictions[:3]]
    assert stored[0].model == predictor.manifest.name
    again = classify(*options, input="\n")
    assert predictions[0].sentence not in again.stdout.splitlines()
    assert read_corrections(file)[3].sentence == predictions[3].sentence


def test_review_without_all_asks_only_about_undecided_sentences(
    classify: Run, tmp_path: Path, predictor: Predictor
) -> None:
    texts = {str(file): file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests" / "articles").iterdir())}
    wanted = [
        (name, p.sentence) for name, text in texts.items() for p in predictor.predict_article(text) if not p.decided
    ]
    file = tmp_path / "c.jsonl"
    classify("review", str(ROOT / "tests" / "articles"), "--corrections", str(file), input="\n" * 100)
    assert [(each.article, each.sentence) for each in read_corrections(file)] == list(dict.fromkeys(wanted))
    assert wanted


def test_review_does_not_read_articles_from_standard_input(classify: Run, tmp_path: Path) -> None:
    done = classify("review", "-", "--corrections", str(tmp_path / "c.jsonl"), input="")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_lines_are_json_that_other_tools_read(tmp_path: Path) -> None:
    append_correction(tmp_path / "c.jsonl", Correction.now("m", "a", "é\n", ("cause",), ()))
    (line,) = (tmp_path / "c.jsonl").read_text(encoding="utf-8").splitlines()
    fields = ["time", "model", "article", "sentence", "given", "labels"]
    assert list(json.loads(line)) == fields
