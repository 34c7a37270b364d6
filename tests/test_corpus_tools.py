"""The commands that look at the seeds: coverage of ordinary wordings, agreement of the readers."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Run
from model.errors import InputError
from model.labels import join_labels
from training.agreement import Reading, agreement, load_readings
from training.coverage import compare_usage, load_ngrams
from training.seeds import Seed, Seeds, load_seeds

SEEDS = Seeds(
    (
        Seed("a", "The plant will close.", ("layoff",), "x.csv", 2),
        Seed("b", "Sales fell at the plant.", ("cause",), "x.csv", 3),
    )
)


def test_coverage_counts_words_and_pairs_by_story() -> None:
    usage = {row.ngram: row for row in compare_usage({"the plant": 2, "amid": 2, "close": 1}, SEEDS)}
    assert [usage[name].seeds for name in ("the plant", "amid", "close")] == [2, 0, 1]
    assert usage["amid"].ratio < usage["close"].ratio


def test_the_coverage_command_lists_what_the_seeds_lack(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ngrams.csv").write_text("ngram,articles\nthe,50\nzyzzyva prices,20\n")
    command = (sys.executable, "-m", "training.coverage", "--ngrams", str(tmp_path / "ngrams.csv"))
    done = run(*command, "--seeds", str(ROOT / "seeds"))
    assert done.returncode == 0, done.stderr
    assert "1 of 2 frequent words and pairs stand in the seeds" in done.stdout
    assert "zyzzyva prices" in done.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [("a,b\n", "the columns must be ngram,articles"), ("ngram,articles\nthe,many\n", ":2: 'articles' must be")],
)
def test_a_bad_table_of_wordings_is_named_by_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "n.csv").write_text(content)
    with pytest.raises(InputError, match=message):
        load_ngrams(tmp_path / "n.csv")


def test_kappa_is_1_for_equal_and_low_for_independent_readers() -> None:
    both = [Reading("a", i, ("layoff",) if i % 2 else (), ("layoff",) if i % 2 else (), (), ()) for i in range(40)]
    assert agreement(both)["layoff"].kappa == 1
    apart = [Reading("a", i, ("layoff",) if i % 2 else (), ("layoff",) if i % 4 < 2 else (), (), ()) for i in range(40)]
    assert abs(agreement(apart)["layoff"].kappa) < 0.1


def test_a_bad_row_of_double_labels_is_named_by_line(tmp_path: Path) -> None:
    head = "story,position,writer,reader,settled,needs_context\n"
    (tmp_path / "x.csv").write_text(head + "a,0,layoff,jobs,layoff,\n")
    with pytest.raises(InputError, match=r"x\.csv:2: unknown label 'jobs'"):
        load_readings(tmp_path)


def test_every_seed_was_labelled_twice_and_settled_as_it_stands() -> None:
    settled = {(reading.story, reading.position): reading.settled for reading in load_readings(ROOT / "seeds/readers")}
    positions: dict[str, int] = {}
    for row in load_seeds(ROOT / "seeds").rows:
        position = positions[row.story] = positions.get(row.story, -1) + 1
        assert join_labels(settled[row.story, position]) == join_labels(row.labels), row.place


def test_the_plan_names_every_story() -> None:
    with (ROOT / "seeds" / "plan" / "stories.csv").open(encoding="utf-8", newline="") as handle:
        planned = {row["story"] for row in csv.DictReader(handle)}
    assert {row.story for row in load_seeds(ROOT / "seeds").rows} == planned


def test_the_plan_command_counts_stories_by_decade(run: Run) -> None:
    done = run(sys.executable, "-m", "training.plan")
    assert done.returncode == 0, done.stderr
    assert "broadcaster" in done.stdout
    assert "2020s" in done.stdout
