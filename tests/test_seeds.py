"""Loading the seeds: what is refused, and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT, Run
from model.errors import InputError
from training.near_duplicates import near_duplicates
from training.seeds import SeedsError, load_seeds

HEAD = "story,sentence,labels\n"


def problems(folder: Path, content: str | bytes) -> list[str]:
    data = content.encode() if isinstance(content, str) else content
    (folder / "x.csv").write_bytes(data)
    with pytest.raises(SeedsError) as caught:
        load_seeds(folder)
    return [problem.replace(str(folder) + "/", "") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a,Jobs go.,layoffs", "x.csv:2: unknown label 'layoffs'"),
        ("a,Jobs go.,layoff;none", "x.csv:2: 'none' stands beside another label"),
        ("a,Jobs go.,layoff;layoff", "x.csv:2: a label stands twice"),
        ("a,Jobs go.,", "x.csv:2: unknown label ''"),
        ("a,  ,none", "x.csv:2: empty sentence"),
        (",Jobs go.,none", "x.csv:2: no story"),
        ("a,Jobs, they go.,none", "x.csv:2: 4 columns instead of 3"),
        ('a,"Jobs go.,none', "x.csv:2: not valid CSV"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, row: str, problem: str) -> None:
    (found,) = problems(tmp_path, HEAD + row + "\n")
    assert found.startswith(problem)


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "a,,none\na,Jobs go.,x\nb,The mill closes.,layoff\nb,The mill closes.,none\n")
    assert [problem.partition(": ")[0] for problem in found] == ["x.csv:2", "x.csv:3", "x.csv:5"]


def test_a_duplicate_sentence_is_refused_whatever_its_case_and_spaces(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, HEAD + "a,The mill closes.,layoff\nb,the  MILL closes.,layoff\n")
    assert "x.csv:3: the same sentence as" in found


def test_a_sentence_that_differs_only_in_names_and_numbers_is_refused(tmp_path: Path) -> None:
    rows = (
        'a,"Ford said it would cut 1,700 jobs in Wales by the end of next year.",layoff\n'
        'b,"Nissan said it would cut 250 jobs in Sunderland by the end of next year.",layoff\n'
    )
    (found,) = problems(tmp_path, HEAD + rows)
    assert "x.csv:3: the same but for names and numbers as" in found


def test_sentences_of_like_subject_but_other_words_are_kept_apart() -> None:
    sentences = [
        "Ford said it would cut 1,700 jobs in Wales by the end of next year.",
        "About 1,700 posts at the Welsh plant will go by the end of next year, Ford said.",
    ]
    assert list(near_duplicates(sentences)) == []


def test_wrong_columns_are_refused(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "story,text,labels\na,b,none\n")
    assert found == "x.csv:1: the columns must be story,sentence,labels, not story,text,labels"


def test_text_that_is_not_utf8_is_named_by_line(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, HEAD.encode() + b"a,Caf\xe9 closes.,layoff\n")
    assert found.startswith("x.csv:2: byte 27 isn't UTF-8")


def test_a_story_in_two_pieces_is_refused(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, HEAD + "a,Jobs go.,layoff\nb,The mill closes.,layoff\na,It rains.,none\n")
    assert found.startswith("x.csv:4: story 'a' goes on after another")


def test_a_folder_without_seeds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no seed file"):
        load_seeds(tmp_path)


def test_the_training_command_reports_problems_without_a_traceback(tmp_path: Path, run: Run) -> None:
    (tmp_path / "x.csv").write_text(HEAD + "a,Jobs go.,x\na,,none\n")
    import sys

    done = run(sys.executable, "-m", "training.train", "--seeds", str(tmp_path), "--artifact", str(tmp_path / "m"))
    assert done.returncode == 1
    assert "x.csv:2: unknown label 'x'" in done.stderr
    assert "x.csv:3: empty sentence" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "m").exists()


def test_the_shipped_seeds_are_sound_and_as_many_as_promised() -> None:
    seeds = load_seeds(ROOT / "seeds")
    counts = seeds.counts()
    wanted = {"layoff": 2400, "investment": 1500, "political_response": 2000, "cause": 2000, "none": 5000}
    assert all(counts[name] >= least for name, least in (wanted | {"two or more": 300}).items())
    assert len(seeds.rows) >= 12_000
    assert len(set(seeds.stories)) >= 900
