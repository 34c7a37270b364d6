"""The labelling loop: training on corrections, what two models or two people see differently, and the simulation."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import ROOT, SMALL, Run
from model import LABELS, InputError, Predictor
from model.artifact import load_pipeline
from model.corrections import Correction, append_correction
from model.labels import join_labels
from training import agreement, diff, train
from training.additions import load_additions
from training.annotations import Annotation, read_annotations
from training.loop import simulate, split_stories
from training.loop_report import conclusion, write_loop
from training.seeds import Seeds, load_seeds

ARTICLES = str(ROOT / "tests" / "articles")
NEW = [
    "Zyzzyva posts are to go at the brewery.",
    "The zyzzyva works is shut for good and its people are out.",
    "All zyzzyva shifts end in May.",
]


def suggested(run: Run, model: Path, folder: Path) -> Path:
    """Sentences suggested for labelling, as they come back from Label Studio, all of them labelled `layoff`."""
    file = folder / "tasks.json"
    command = (sys.executable, "-m", "training.suggest", ARTICLES, "--count", "9", "--output", str(file))
    done = run(*command, "--artifact", str(model))
    assert done.returncode == 0, done.stderr
    tasks = json.loads(file.read_text(encoding="utf-8"))
    for task in tasks:
        result = task["predictions"][0]["result"][0] | {"value": {"choices": ["layoff"]}}
        task["annotations"] = [{"id": 1, "result": [result], "was_cancelled": False}]
    file.write_text(json.dumps(tasks), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def files(run: Run, few_seeds: Path, small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Suggestions that were labelled; and corrections, of which one stands in the seeds and one was made twice."""
    folder = tmp_path_factory.mktemp("labelled")
    corrections = folder / "corrections.jsonl"
    for sentence in (*NEW, NEW[0], load_seeds(few_seeds).sentences[0]):
        append_correction(corrections, Correction.now("m", "a1", sentence, [], ["layoff"]))
    append_correction(corrections, Correction.now("m", "a2", NEW[1].replace(" ", "  "), [], ["layoff", "cause"]))
    return [suggested(run, small_model, folder), corrections]


@pytest.fixture(scope="module")
def corrected_model(few_seeds: Path, files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model, trained on these sentences, too."""
    folder = tmp_path_factory.mktemp("model") / "corrected"
    train.train(few_seeds, folder, settings=SMALL, also=files)
    return folder


def metrics(model: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((model / "metrics.json").read_text(encoding="utf-8"))
    return content


def test_what_comes_back_is_trained_on(files: list[Path], small_model: Path, corrected_model: Path) -> None:
    sentences = [each.sentence for each in read_annotations(files[0])]
    before, after = (Predictor.load(model).predict_proba(sentences)[:, 0] for model in (small_model, corrected_model))
    assert (after > before).all()
    words = load_pipeline(corrected_model)[0].transformer_list[0][1].vocabulary_
    assert "zyzzyva" in words


def test_corrections_that_stand_in_the_seeds_or_come_again_are_left_out_and_counted(corrected_model: Path) -> None:
    figures = metrics(corrected_model)["corrections"]
    assert figures["used"] == 9 + len(NEW)
    assert figures["left_out"] == {"in_seeds": 1, "measured_on": 0, "repeated": 1}


def test_corrections_are_measured_on_the_seeds_alone_before_and_after(small_model: Path, corrected_model: Path) -> None:
    before, after = metrics(small_model), metrics(corrected_model)
    for reading in ("alone", "in_context"):
        for time, figures in (("before", before), ("after", after)):
            whole = figures["cross_validation"][reading]
            part = after["corrections"][time][reading]
            assert whole["sentences"] == before["seeds"]["sentences"]
            assert part["macro_f1"] == whole["macro_f1"]
            assert [part[label] for label in LABELS] == [whole["labels"][label]["f1"] for label in LABELS]


def test_the_report_says_what_the_corrections_changed(small_model: Path, corrected_model: Path) -> None:
    figures = metrics(corrected_model)["corrections"]
    report = (corrected_model / "REPORT.md").read_text(encoding="utf-8")
    assert "## What the corrections changed" in report
    assert "12 corrected sentences of" in report
    row = [figures[time][reading]["layoff"] for reading in ("alone", "in_context") for time in ("before", "after")]
    assert "| layoff | " + " | ".join(f"{value:.3f}" for value in row) + " |" in report
    assert "corrections" not in metrics(small_model)
    assert "corrections" not in (small_model / "REPORT.md").read_text(encoding="utf-8")


def test_each_corrected_article_is_a_story_of_its_own_that_no_seed_can_name(files: list[Path], few_seeds: Path) -> None:
    seeds = load_seeds(few_seeds)
    rows = load_additions(files, seeds).seeds.rows
    assert {row.story.strip() for row in rows} >= {"annotated: a1", "annotated: a2"}
    assert all(row.story != row.story.strip() for row in rows)
    assert all(story == story.strip() for story in seeds.stories)


def test_an_article_with_a_sentence_that_is_measured_on_is_not_trained_on(tmp_path: Path, few_seeds: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"article,text,label\na,{NEW[0]},layoff\na,{NEW[1]},layoff\nb,{NEW[2]},layoff\n")
    additions = load_additions([file], load_seeds(few_seeds), measured_on=[NEW[0].upper()])
    assert additions.seeds.sentences == [NEW[2]]
    assert additions.measured_on == 2


def test_rivals_and_corrections_exclude_each_other(run: Run) -> None:
    command = (sys.executable, "-m", "training.train", "--gold", "g", "--rivals", "r", "--also", "a")
    done = run(*command)
    assert done.returncode == 2
    assert "leave out --also" in done.stderr


def test_a_bad_file_of_corrections_is_told_before_the_training(run: Run, few_seeds: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("text,label\nJobs go.,jobs\n")
    command = (sys.executable, "-m", "training.train", "--seeds", str(few_seeds), "--also", str(tmp_path / "x.csv"))
    done = run(*command, "--artifact", str(tmp_path / "m"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [
        f"training.train: {tmp_path / 'x.csv'}:2: unknown label 'jobs' (use {', '.join(LABELS)} or none)"
    ]


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))


def test_a_model_differs_from_itself_in_nothing(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff.main([str(small_model), str(small_model), "--corpus", ARTICLES]) == 0
    assert capsys.readouterr().out.startswith("0 of 33 sentences in 4 articles differ")


def test_the_sentences_whose_labels_flip_are_listed_and_counted(run: Run, small_model: Path, tmp_path: Path) -> None:
    output = tmp_path / "diff.csv"
    models = ("artifacts/default", str(small_model))
    done = run(sys.executable, "-m", "training.diff", *models, "--corpus", ARTICLES, "--output", str(output))
    assert done.returncode == 0, done.stderr
    expected, gained = [], dict.fromkeys(LABELS, 0)
    predictors = [Predictor.load(ROOT / model) for model in models]
    for file in sorted(Path(ARTICLES).iterdir()):
        answers = [model.predict_article(file.read_text(encoding="utf-8")) for model in predictors]
        for a, b in zip(*answers, strict=True):
            if a.labels != b.labels:
                expected.append((str(file), a.sentence, join_labels(a.labels), join_labels(b.labels)))
                for label in set(b.labels) - set(a.labels):
                    gained[label] += 1
    assert expected
    assert [tuple(row.values()) for row in rows(output)] == expected
    last = done.stdout.splitlines()[-1]
    assert last.startswith(f"{len(expected)} of 33 sentences in 4 articles differ")
    assert all(f"{label} +{count} -" in last for label, count in gained.items())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone", "gone", "--corpus", ARTICLES), "gone: "),
        (("a", "b", "--corpus", "gone.txt"), "gone.txt: no such file or folder"),
        (("a", "b", "--corpus", ARTICLES, "--output", "x.json"), "x.json: unknown ending '.json'; use .csv"),
    ],
)
def test_what_a_user_of_diff_gets_wrong_is_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff.main([*arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"training.diff: {message}")
    assert error.count("\n") == 1


def test_no_output_is_left_where_no_article_could_be_read(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": 7}\n')
    model, output = str(small_model), tmp_path / "out.csv"
    assert diff.main([model, model, "--corpus", str(tmp_path / "a.jsonl"), "--output", str(output)]) == 1
    assert "no article could be read" in capsys.readouterr().err
    assert not output.exists()


def person(folder: Path, name: str, labelled: list[tuple[str, str, str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("article", "text", "label"), *labelled])
    (folder / name).write_bytes(out.getvalue().encode())
    return str(folder / name)


def test_two_people_are_compared_sentence_by_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared = [(f"a{n}", "Jobs might go.", "layoff" if n % 2 else "none") for n in range(10)]
    first = person(tmp_path, "a.csv", [*shared, ("b", "Sales fell.", "cause"), ("c", "=x", "cause")])
    second = person(tmp_path, "b.csv", [*shared, ("c", "=x", "none"), ("d", "Only here.", "none")])
    assert agreement.main([first, second, "--output", str(tmp_path / "out.csv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "11 sentences labelled twice, 1 differently"
    assert lines[1] == f"only in {first}: 1, only in {second}: 1"
    assert lines[2].split() == ["layoff", "kappa", "1.000", "raw", "agreement", "1.000"]
    assert lines[5].split() == ["cause", "kappa", "0.000", "raw", "agreement", "0.909"]
    assert [tuple(row.values()) for row in rows(tmp_path / "out.csv")] == [("c", "'=x", "cause", "none")]


def test_where_an_article_isnt_named_sentences_are_matched_alone() -> None:
    first = [Annotation("a", "Jobs  go.", ("layoff",), "x", 1), Annotation("b", "Sales fell.", (), "x", 2)]
    second = [Annotation("", "jobs go.", ("cause",), "y", 1)]
    pairs = agreement.match(first, second)
    assert [(each.first, each.second) for each in pairs.both] == [(("layoff",), ("cause",))]
    assert (pairs.only_first, pairs.only_second) == (1, 0)


def test_files_of_other_sentences_cant_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = person(tmp_path, "a.csv", [("a", "Jobs go.", "layoff")])
    second = person(tmp_path, "b.csv", [("b", "Sales fell.", "cause")])
    assert agreement.main([first, second]) == 1
    assert capsys.readouterr().err == f"training.agreement: {first} and {second}: no sentence stands in both\n"
    for wrong in ([first], ["--output", "x.csv"]):
        with pytest.raises(SystemExit, match="2"):
            agreement.main(wrong)


def test_the_stories_of_the_simulation_are_split_in_three_and_no_story_stands_in_two(few_seeds: Path) -> None:
    seeds = load_seeds(few_seeds)
    split = split_stories(seeds, 7)
    parts = [set(part.stories) for part in (split.held_out, split.start, split.hidden)]
    total = len(set(seeds.stories))
    assert sum(map(len, parts)) == len(set.union(*parts)) == total
    assert [len(part) for part in parts][:2] == [total // 5, (total - total // 5) // 4]


@pytest.fixture(scope="module")
def simulated(few_seeds: Path) -> dict[str, Any]:
    """One round of few sentences."""
    return simulate(SMALL, load_seeds(few_seeds), 1, 10, random_runs=1)


def test_the_simulation_measures_both_arms_from_the_same_start(simulated: dict[str, Any]) -> None:
    assert simulated["added"] == [0, 10]
    (random,) = simulated["random"]
    for name in ("macro_f1", *LABELS):
        assert simulated["suggested"][name][0] == random[name][0]
        assert len(simulated["suggested"][name]) == len(random[name]) == 2
    low, high = simulated["difference"]["interval"]
    assert low <= high
    assert simulated["difference"]["macro_f1"] == pytest.approx(
        simulated["suggested"]["macro_f1"][1] - random["macro_f1"][1], abs=2e-4
    )


def test_labels_that_werent_shown_change_nothing(few_seeds: Path, simulated: dict[str, Any]) -> None:
    seeds = load_seeds(few_seeds)
    hidden = set(split_stories(seeds, SMALL.seed).hidden.stories)
    scrambled = Seeds(tuple(_inverted(row) if row.story in hidden else row for row in seeds.rows))
    again = simulate(SMALL, scrambled, 1, 1, random_runs=1)
    assert again["suggested"]["macro_f1"][0] == simulated["suggested"]["macro_f1"][0]


def _inverted(row: Any) -> Any:
    return type(row)(row.story, row.sentence, tuple(x for x in LABELS if x not in row.labels), row.file, row.line)


def test_the_simulation_writes_figures_table_and_plot(simulated: dict[str, Any], tmp_path: Path) -> None:
    write_loop(tmp_path, simulated)
    assert json.loads((tmp_path / "loop.json").read_text()) == simulated
    table = (tmp_path / "loop.md").read_text(encoding="utf-8")
    assert f"| 10 | {simulated['suggested']['macro_f1'][1]:.3f} |" in table
    assert conclusion(simulated) in table
    assert (tmp_path / "loop.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [([0.01, 0.02], "Picking beats chance"), ([-0.01, 0.02], "Picking doesn't beat"), ([-0.2, -0.1], "is worse than")],
)
def test_the_simulation_says_plainly_whether_picking_beats_chance(interval: list[float], verdict: str) -> None:
    figures = {
        "added": [0, 10],
        "difference": {"macro_f1": float(np.mean(interval)), "interval": interval},
        "suggested": {"macro_f1": [0.5, 0.6]},
        "random": [{"macro_f1": [0.5, 0.58]}],
    }
    assert verdict in conclusion(figures)
    assert "in 1 of 1 rounds" in conclusion(figures)


def test_too_few_seeds_or_too_many_rounds_are_one_line(run: Run, few_seeds: Path, tmp_path: Path) -> None:
    seeds = load_seeds(few_seeds)
    with pytest.raises(InputError, match="sentences are to be picked of"):
        simulate(SMALL, seeds, 100, 100)
    with pytest.raises(InputError, match="the stories to start with: holds 1 stories"):
        simulate(SMALL, Seeds(seeds.rows[:60]), 1, 1)
    (tmp_path / "file").write_text("")
    for arguments, status in ((("--output", str(tmp_path / "file")), 1), (("--rounds", "0", "--output", "x"), 2)):
        done = run(sys.executable, "-m", "training.loop", "--seeds", str(few_seeds), *arguments)
        assert done.returncode == status
        assert "Traceback" not in done.stderr
