"""The command `classify-news`, as a user runs it."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Run
from model import Predictor, __version__
from model.prediction import FIELDS

ARTICLES = ROOT / "tests" / "articles"
TYRES = (ARTICLES / "tyre_plant.txt").read_text(encoding="utf-8")


def test_csv_jsonl_and_import_give_the_same_answer(classify: Run, tmp_path: Path, predictor: Predictor) -> None:
    for ending in ("csv", "jsonl"):
        done = classify("predict", str(ARTICLES), "--output", str(tmp_path / f"rows.{ending}"))
        assert done.returncode == 0, done.stderr
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as handle:
        flat = list(csv.DictReader(handle))
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = [
        prediction.row(str(file), index)
        for file in sorted(ARTICLES.iterdir())
        for index, prediction in enumerate(predictor.predict_article(file.read_text(encoding="utf-8")))
    ]
    assert rows == expected
    assert [list(row) for row in (flat[0], rows[0])] == [list(FIELDS)] * 2
    assert flat == [
        {name: str(value) for name, value in (row | {"labels": ";".join(row["labels"]) or "none"}).items()}
        for row in rows
    ]


def test_offsets_in_the_output_point_into_the_file(classify: Run, tmp_path: Path) -> None:
    classify("predict", str(ARTICLES / "tyre_plant.txt"), "--output", str(tmp_path / "rows.jsonl"))
    for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert TYRES[row["start"] : row["end"]] == row["sentence"]


def test_the_table_shows_sentence_labels_and_probability(classify: Run) -> None:
    done = classify("predict", str(ARTICLES / "tyre_plant.txt"))
    assert done.returncode == 0
    assert "layoff" in done.stdout
    assert "Kestrel Tyres plc. said on Thursday" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("* only through the context")


def test_a_table_keeps_square_brackets_of_the_text(classify: Run) -> None:
    assert "[bold]jobs[/bold] go" in classify("predict", "-", input="The [bold]jobs[/bold] go.\n").stdout


def test_standard_input_is_an_article(classify: Run, tmp_path: Path) -> None:
    done = classify("predict", "-", "--output", str(tmp_path / "rows.jsonl"), input=TYRES)
    assert done.returncode == 0
    assert json.loads((tmp_path / "rows.jsonl").read_text().splitlines()[0])["article"] == "-"


def test_an_empty_article_gives_no_row(classify: Run, tmp_path: Path) -> None:
    assert classify("predict", "-", "--output", str(tmp_path / "rows.csv"), input="").returncode == 0
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines() == [",".join(FIELDS)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "nowhere.txt"], "nowhere.txt: no such file or folder"),
        (["predict", "*.nothing"], "*.nothing: no such file or folder"),
        (["predict", "EMPTY"], "no readable file in this folder"),
        (["predict", "-", "--output", "x.docx"], "x.docx: unknown ending '.docx'; use .csv, .jsonl or .parquet"),
        (["predict", "-", "--output", "nowhere/x.csv"], "its folder nowhere doesn't exist"),
        (["predict", "-", "--artifact", "nowhere"], "nowhere: no model here"),
        (["info", "--artifact", "nowhere"], "nowhere: no model here"),
    ],
)
def test_a_users_error_is_one_line_and_exit_status_1(
    classify: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    done = classify(*("empty" if a == "EMPTY" else a for a in arguments), cwd=tmp_path, input="Jobs go.")
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["guess"],
        ["predict"],
        ["explain"],
        ["explain", "x", "--count", "0"],
        ["predict", "-", "--only", "jobs"],
        ["predict", "-", "--jobs", "0"],
        ["predict", "-", "--minimum-probability", "2"],
        ["predict", "-", "--maximum-megabytes", "-1"],
    ],
)
def test_wrong_usage_is_exit_status_2(classify: Run, arguments: list[str]) -> None:
    done = classify(*arguments)
    assert done.returncode == 2
    assert "usage: classify-news" in done.stderr


def test_a_reader_that_closes_the_pipe_sees_no_traceback(run: Run) -> None:
    command = Path(sys.executable).parent / "classify-news"
    done = run("bash", "-c", f"{command} predict {ARTICLES} {ARTICLES} {ARTICLES} | head -1")
    assert "Traceback" not in done.stderr


def test_explain_prints_the_words_and_weights(classify: Run) -> None:
    done = classify("explain", "The plant will close with the loss of 300 jobs.")
    assert done.returncode == 0
    assert done.stdout.startswith("layoff: holds")
    assert "intercept" in done.stdout
    assert "close" in done.stdout


def test_info_describes_the_model(classify: Run) -> None:
    done = classify("info")
    assert done.returncode == 0
    for part in ("trained", "seeds", "scikit-learn", "political_response from", "macro-F1"):
        assert part in done.stdout


def test_version_and_help_answer(classify: Run) -> None:
    assert classify("--version").stdout == f"classify-news {__version__}\n"
    assert "examples:" in classify("--help").stdout


def test_import_model_loads_neither_scikit_learn_nor_pandas(run: Run) -> None:
    code = "import sys, model; print([n for n in ('sklearn', 'pandas', 'scipy', 'rich') if n in sys.modules])"
    assert run(sys.executable, "-c", code).stdout == "[]\n"
