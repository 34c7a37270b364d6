"""The compiled scorer gives the pipeline's numbers, for every text."""

from __future__ import annotations

import csv
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, Run
from model import Predictor
from model.artifact import load_pipeline, open_artifact
from model.explain import Explainer
from model.logistic import sigmoid
from model.scorer import CompiledScorer, PipelineScorer, Scorer
from model.weights import Block, Weights

CASES = [
    "",
    " ",
    "\0",
    "jobs\0cut",
    "ISTANBUL İSTANBUL'da JOBS",
    "ΟΔΥΣΣΕΥΣ ΑΣ Σ ΣΑ ΑΣ' Σ.",
    "ǅ ǈ ŉ ẞ ß ﬁ ﬀ K Å",
    "naïve café CAFÉ Škoda’s “jobs” — £5m €3bn 2½ m²",
    "e\u0301 jobs\u0301 \u0307 i\u0307",
    "\ud800 jobs \udfff\ud800",
    "公司 裁员 jobs 会社",
    "\U0001f600jobs\U00010400 \U0001d7d8",
    "job_cuts __ _ a_b",
    "x" * 1_000_000,
    "é" * 300_000 + " jobs",
    "jobs " * 200_000,
    "said it would cut about 600 jobs " * 30_000,
]


@pytest.fixture(scope="module")
def scorers() -> tuple[Scorer, Scorer]:
    """Compiled and reference, of the shipped model."""
    return CompiledScorer(open_artifact().weights()), PipelineScorer(load_pipeline())


def difference(predictor: Predictor, scorers: tuple[Scorer, Scorer], texts: list[str]) -> float:
    """The largest difference in probability; infinite where one of the two knows a text that the other doesn't."""
    slopes = np.array([scale.slope for scale in predictor.manifest.calibration.values()])
    one, other = (scorer.decision_function(texts) for scorer in scorers)
    if (np.isnan(one) != np.isnan(other)).any():
        return float("inf")
    apart = np.abs(sigmoid(slopes * np.nan_to_num(one)) - sigmoid(slopes * np.nan_to_num(other)))
    return float(apart.max(initial=0))


@pytest.mark.parametrize("text", CASES, ids=lambda text: ascii(text[:20]))
def test_awkward_texts_score_as_in_the_pipeline(
    predictor: Predictor, scorers: tuple[Scorer, Scorer], text: str
) -> None:
    assert difference(predictor, scorers, [text, "Jobs go.", text]) <= 1e-12


@given(st.lists(st.text() | st.text("abc ABC’ΣİéÉ12_.-\u0307"), max_size=8))
def test_any_text_scores_as_in_the_pipeline(
    predictor: Predictor, scorers: tuple[Scorer, Scorer], texts: list[str]
) -> None:
    assert difference(predictor, scorers, texts) <= 1e-12


def test_news_scores_and_is_labelled_as_by_the_pipeline(predictor: Predictor, scorers: tuple[Scorer, Scorer]) -> None:
    files = sorted((ROOT / "seeds").glob("*.csv"))[::7]
    texts = [row["sentence"] for file in files for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())]
    assert difference(predictor, scorers, texts) <= 1e-12
    labels = [p.labels for p in predictor.predict(texts)]
    reference = Predictor.load()
    reference.scorer = scorers[1]
    assert [p.labels for p in reference.predict(texts)] == labels


def test_every_character_is_cut_and_lower_cased_as_python_does() -> None:
    letters = [chr(code) for code in range(0x110000) if chr(code).isalnum() or chr(code).lower() != chr(code)]
    others = [chr(code) for code in range(0x110000) if not chr(code).isalnum() and chr(code) != "_"]
    words = sorted({f"a{letter.lower()}b" for letter in letters if letter.lower().isalnum()})
    count = len(words)
    block = Block(
        idf=np.ones(count),
        coefficients=np.random.default_rng(1).normal(size=(count, 4)),
        pairs=np.empty((0, 2), np.uint32),
        pair_idf=np.empty(0),
        pair_coefficients=np.empty((0, 4)),
    )
    empty = Block(np.empty(0), np.empty((0, 4)), np.empty((0, 2), np.uint32), np.empty(0), np.empty((0, 4)))
    silent = Block(np.zeros(count), np.zeros((count, 4)), empty.pairs, empty.pair_idf, empty.pair_coefficients)
    weights = Weights(tuple(words), (), 4, words=block, prefixes=empty, vocabulary=silent, intercept=np.zeros(4))
    place = {word: number for number, word in enumerate(words)}
    texts = [f"a{letter}b" for letter in letters]
    rows = CompiledScorer(weights).decision_function(texts)
    for text, row in zip(texts, rows, strict=True):
        known = place.get(text.lower())
        expected = [np.nan] * 4 if known is None else block.coefficients[known]
        np.testing.assert_array_equal(row, expected, err_msg=ascii(text))
    apart = CompiledScorer(weights).decision_function([f"aéb{character}aéb" for character in others])
    np.testing.assert_allclose(apart - block.coefficients[place["aéb"]], 0, atol=1e-12)


def test_explanations_add_up_to_the_scorers_numbers(scorers: tuple[Scorer, Scorer]) -> None:
    explainer = Explainer(open_artifact().weights())
    for text in CASES[1:13]:
        decisions = [part.decision for part in explainer.explain(text).values()]
        (row,) = scorers[0].decision_function([text])
        known = any(part.contributions for part in explainer.explain(text).values())
        np.testing.assert_allclose(row, decisions if known else [np.nan] * 4, atol=1e-9)


def test_threads_share_one_scorer(scorers: tuple[Scorer, Scorer]) -> None:
    texts = [case[:1000] for case in CASES] * 50
    alone = scorers[0].decision_function(texts)
    with ThreadPoolExecutor(8) as pool:
        for rows in pool.map(scorers[0].decision_function, [texts] * 32):
            np.testing.assert_array_equal(rows, alone)


def test_other_threads_run_while_a_batch_is_scored(scorers: tuple[Scorer, Scorer]) -> None:
    texts = ["said it would cut about 600 jobs " * 20] * 20_000
    started, done = threading.Event(), threading.Event()

    def score() -> None:
        started.set()
        scorers[0].decision_function(texts)
        done.set()

    thread = threading.Thread(target=score)
    thread.start()
    started.wait()
    turns = 0
    while not done.is_set():
        turns += 1
    thread.join()
    assert turns > 1000


@pytest.mark.parametrize("wrong", [[1], ["a", None], [b"bytes"]])
def test_the_scorer_refuses_what_is_not_a_string(scorers: tuple[Scorer, Scorer], wrong: list[str]) -> None:
    with pytest.raises(TypeError, match="must be a string"):
        scorers[0].decision_function(wrong)


def test_loading_imports_no_scikit_learn_pandas_scipy_or_joblib_and_opens_no_pickle(run: Run) -> None:
    code = """
import pickle, sys
pickle.loads = pickle.load = pickle.Unpickler = None
from model import Predictor
predictor = Predictor.load()
predictor.predict_article("Ford will close its plant. The minister called it a disaster.")
predictor.explain("Jobs go.")
print(sorted({"sklearn", "pandas", "scipy", "joblib"} & set(sys.modules)), predictor.scorer.description)
"""
    done = run(sys.executable, "-c", code)
    assert done.stdout == "[] compiled\n", done.stderr


def test_without_the_extension_the_pipeline_serves_and_info_says_why(run: Run) -> None:
    code = "import sys; sys.modules['model._kernel'] = None; from model.cli import main; sys.exit(main({arguments}))"
    done = run(sys.executable, "-c", code.format(arguments=["info"]))
    assert "scorer     scikit-learn pipeline (the compiled scorer isn't there" in done.stdout
    assert "install a C compiler" in done.stdout
    article = str(ROOT / "tests" / "articles" / "tyre_plant.txt")
    slow = run(sys.executable, "-c", code.format(arguments=["predict", article]))
    fast = run(sys.executable, "-m", "model.cli", "predict", article)
    assert slow.stdout == fast.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sanitizers' libraries are looked for as on Linux")
def test_random_models_and_texts_break_nothing_under_the_sanitizers(tmp_path: Path) -> None:
    script = str(ROOT / "tests" / "fuzz_kernel.py")
    command = [sys.executable, script, str(tmp_path), "--seconds", "8"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all as expected" in done.stdout
