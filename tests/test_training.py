"""Training: what it writes, and that it is the same each time."""

from __future__ import annotations

import hashlib
import json
import pickletools
import re
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT, SMALL, Run
from model import LABELS, InputError, Predictor
from model.artifact import default_path, load_pipeline, open_artifact
from training.calibration import fit_context, in_context
from training.cuts import best_threshold, fit_cuts
from training.folds import folds
from training.pipeline import fit_pipeline
from training.seeds import load_seeds
from training.settings import Settings
from training.train import train

PNG = b"\x89PNG"


def test_a_model_folder_holds_all_that_is_promised(small_model: Path) -> None:
    names = {file.name for file in small_model.iterdir()}
    assert names >= {"pipeline.joblib", "manifest.json", "metrics.json", "REPORT.md", "precision_recall.png"}
    for plot in small_model.glob("*.png"):
        assert plot.read_bytes().startswith(PNG)


def test_the_manifest_lists_the_sha256_of_every_other_file(small_model: Path) -> None:
    manifest = json.loads((small_model / "manifest.json").read_text())
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in small_model.iterdir()}
    del files["manifest.json"]
    assert manifest["files"] == files


def test_the_manifest_says_how_the_model_was_made(small_model: Path, few_seeds: Path) -> None:
    manifest = open_artifact(small_model).manifest
    assert manifest.settings["folds"] == SMALL.folds
    assert manifest.context.own["layoff"] > 0
    assert manifest.seeds["fingerprint"] == load_seeds(few_seeds).fingerprint
    assert set(manifest.versions) >= {"python", "numpy", "scikit-learn", "scipy", "joblib"}


def test_no_story_is_both_trained_on_and_tested_on() -> None:
    stories = np.array(["a", "a", "b", "c", "c", "c", "d", "e"])
    seen = []
    for train_rows, test_rows in folds(stories, 3, seed=1):
        assert not set(stories[train_rows]) & set(stories[test_rows])
        seen += list(test_rows)
    assert sorted(seen) == list(range(len(stories)))


def test_thresholds_are_those_with_the_best_f1() -> None:
    gold = np.array([False, False, True, False, True, True])
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    assert (scores >= best_threshold(scores, gold)).tolist() == [False, False, True, True, True, True]


def test_answers_outside_the_review_band_are_right_in_nine_of_ten_cases() -> None:
    generator = np.random.default_rng(1)
    scores = generator.beta(0.4, 1.2, size=(5000, 4))
    gold = generator.random((5000, 4)) < scores
    cuts = fit_cuts(scores, gold)
    for column, label in enumerate(LABELS):
        cut = cuts[label]
        assert cut.low <= cut.threshold <= cut.high
        assert gold[scores[:, column] >= cut.high, column].mean() >= 0.9
    below = (scores < [cuts[label].low for label in LABELS]).all(axis=1)
    assert below.any()
    assert (~gold[below].any(axis=1)).mean() >= 0.9


def test_the_context_is_learned_from_neighbours_and_only_within_a_story() -> None:
    generator = np.random.default_rng(2)
    stories = np.repeat([f"s{i}" for i in range(300)], 6)
    runs = np.repeat(generator.random(300) < 0.4, 6)
    gold = np.tile((runs & (generator.random(1800) < 0.9)).reshape(-1, 1), 4)
    alone = np.where(gold, 1.0, -1.0) + generator.normal(size=gold.shape)
    context = fit_context(Settings(), alone, gold, stories)
    assert all(context.weights[label]["others"][label] > 0 for label in LABELS)
    together = in_context(alone, stories, context)
    assert ((together > 0) == gold).mean() > ((alone > 0) == gold).mean()
    np.testing.assert_allclose(in_context(alone[:6], stories[:6], context), together[:6])


def test_two_trainings_in_different_processes_write_the_same_bytes(tmp_path: Path, few_seeds: Path, run: Run) -> None:
    gold = ROOT / "seeds" / "asia.csv"
    command = (
        "from pathlib import Path; from training.settings import Settings; from training.train import train; "
        f"train(Path({str(few_seeds)!r}), Path('m'), Path({str(gold)!r}), settings=Settings(folds=3))"
    )
    digests = set()
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = run(
            sys.executable,
            "-c",
            command,
            cwd=folder,
            environment={"PYTHONHASHSEED": str(number), "OMP_NUM_THREADS": str(number)},
        )
        assert done.returncode == 0, done.stderr
        digests.add(hashlib.sha256((folder / "m" / "pipeline.joblib").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_the_shipped_model_is_what_a_fresh_training_gives() -> None:
    seeds = load_seeds(ROOT / "seeds")
    manifest = open_artifact().manifest
    assert manifest.seeds["fingerprint"] == seeds.fingerprint, "the seeds changed: run make train"
    fresh = fit_pipeline(Settings(), seeds.sentences, seeds.targets)
    sample = [*seeds.sentences[::50], "", "Quite new words: zyzzyva."]
    difference = load_pipeline().decision_function(sample) - fresh.decision_function(sample)
    assert np.abs(difference).max() <= 1e-9


def test_a_pickle_holds_no_class_of_this_project(small_model: Path) -> None:
    raw = zlib.decompress((small_model / "pipeline.joblib").read_bytes())
    # The opcodes stop where joblib puts the first array, so search the bytes as well.
    assert not re.search(rb"\b(?:model|training)\.[a-z]", raw)
    with pytest.raises((ValueError, UnicodeDecodeError)):
        list(pickletools.genops(raw))


def test_a_failed_training_leaves_the_old_model_untouched(tmp_path: Path, small_model: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "manifest.json").write_bytes((small_model / "manifest.json").read_bytes())
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "x.csv").write_text("story,sentence,labels\na,,none\n")
    with pytest.raises(InputError):
        train(bad, folder)
    assert [file.name for file in folder.iterdir()] == ["manifest.json"]
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_report_with_real_articles_shows_their_figures_and_a_learning_curve(tmp_path: Path, few_seeds: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_bytes((ROOT / "seeds" / "asia.csv").read_bytes())
    train(few_seeds, tmp_path / "m", gold, settings=SMALL)
    figures = json.loads((tmp_path / "m" / "metrics.json").read_text())["real_news"]
    sizes = figures["learning_curve"]["sentences"]
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(load_seeds(few_seeds).rows)
    assert 0 < figures["in_context"]["macro_f1"] < 1
    assert (tmp_path / "m" / "learning_curve.png").read_bytes().startswith(PNG)
    assert "### Learning curve" in (tmp_path / "m" / "REPORT.md").read_text(encoding="utf-8")


def test_a_folder_that_is_not_a_model_is_never_replaced(tmp_path: Path, few_seeds: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="isn't a model folder"):
        train(few_seeds, tmp_path, settings=SMALL)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_model_folder_is_replaced_as_a_whole(tmp_path: Path, small_model: Path, few_seeds: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "manifest.json").write_bytes((small_model / "manifest.json").read_bytes())
    (folder / "stale.txt").write_text("old")
    train(few_seeds, folder, settings=SMALL)
    assert not (folder / "stale.txt").exists()
    assert Predictor.load(folder).predict(["Jobs go."])


def test_the_report_of_the_shipped_model_shows_its_own_figures() -> None:
    report = (default_path() / "REPORT.md").read_text(encoding="utf-8")
    metrics = json.loads((default_path() / "metrics.json").read_text())
    for label in LABELS:
        row = metrics["cross_validation"]["alone"]["labels"][label]
        assert f"| {label} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} |" in report
    for heading in ("What it is for", "What it is not for", "Data", "Confusion", "Known failures", "Strongest n-grams"):
        assert f"## {heading}" in report


def test_the_model_beats_both_baselines() -> None:
    metrics = json.loads((default_path() / "metrics.json").read_text())
    figures = metrics["cross_validation"]
    assert figures["baselines"]["all none"]["macro_f1"] == 0
    assert figures["alone"]["macro_f1"] > figures["baselines"]["keyword list"]["macro_f1"] + 0.2


def test_too_few_stories_are_told_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.csv").write_text(
        "story,sentence,labels\na,The mill will close.,layoff\nb,It rained.,none\n"
    )
    done = run(sys.executable, "-m", "training.train", "--seeds", "seeds", "--artifact", "mine", cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        "training.train: seeds: holds 2 stories, cross-validation needs 5; add seeds",
    )
    assert "Traceback" not in done.stderr


def test_a_file_in_the_place_of_the_model_folder_is_refused_at_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    done = run(sys.executable, "-m", "training.train", "--artifact", str(tmp_path / "mine"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "is a file; name a folder" in done.stderr
