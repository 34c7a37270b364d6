"""Is it worth picking what to label? Simulate it: ``python -m training.loop --output FOLDER``.

A fifth of the seeds' stories is held out; a quarter of the others is what is labelled at the start; the labels of the
rest are hidden. Each round, some sentences of these are picked, their labels are shown, and a model is trained as
``training.train --also`` does it: with the sentences that ``training.suggest`` would pick, or with any. Calibration,
thresholds and context are learned from the stories of the start alone, by folds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from model.console import run_command
from model.errors import InputError
from model.judging import Judge
from model.labels import LABELS
from model.logistic import sigmoid
from training.additions import Additions, out_of_fold_with
from training.calibration import in_context, log_odds
from training.crossval import check_enough, fold_scores
from training.loop_report import write_loop
from training.measure import fit_readings
from training.metrics import Flags, Floats, f1_scores, story_weights
from training.progress import Steps
from training.seeds import Seeds, load_seeds
from training.selection import Pool, uncertainty
from training.settings import Settings

__all__ = ["Split", "main", "simulate", "split_stories"]

_NAME = "training.loop"
_SETTINGS = Settings(folds=3, tolerance=1e-6)
_RANDOM_RUNS = 3
_HELD_OUT = 5
_START = 4
_INTERVAL = (2.5, 97.5)

Picker = Callable[[Floats, Sequence[int]], list[int]]


@dataclass(frozen=True)
class Split:
    """The seeds in three parts, whole stories each: to measure on, labelled at the start, and with hidden labels."""

    held_out: Seeds
    start: Seeds
    hidden: Seeds


@dataclass(frozen=True)
class Trained:
    """A model of one round.

    Attributes
    ----------
    f1
        F1 of each label on the held-out stories, in context, shape (4,).
    predicted
        Which labels it gave there, shape (n, 4).
    doubt
        How unsure it is of each sentence with hidden labels, shape (m,); see `training.selection.uncertainty`.
    """

    f1: Floats
    predicted: Flags
    doubt: Floats


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), metavar="DIR", help="folder of seed files")
    parser.add_argument("--rounds", type=_count, default=10, metavar="N", help="rounds of labelling (default: 10)")
    parser.add_argument("--batch", type=_count, default=200, metavar="N", help="sentences a round (default: 200)")
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="for loop.json, .md and .png")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number from 1 on")
    return int(text)


def _run(options: argparse.Namespace) -> None:
    if find_spec("matplotlib") is None:
        raise InputError("the package matplotlib is missing; run pip install '.[train]'")
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{options.output}: can't be written ({error.strerror})") from None
    seeds = load_seeds(options.seeds)
    write_loop(options.output, simulate(_SETTINGS, seeds, options.rounds, options.batch))
    print((options.output / "loop.md").read_text(encoding="utf-8"))


def split_stories(seeds: Seeds, seed: int) -> Split:
    """Hold out a fifth of the stories, and start with a quarter of the others, in a random order given by `seed`."""
    stories = seeds.stories
    names = np.random.default_rng(seed).permutation(np.unique(stories))
    held = len(names) // _HELD_OUT
    start = held + (len(names) - held) // _START
    parts = (names[:held], names[held:start], names[start:])
    return Split(*(Seeds(tuple(seeds.rows[row] for row in np.flatnonzero(np.isin(stories, part)))) for part in parts))


def simulate(
    settings: Settings, seeds: Seeds, rounds: int, batch: int, random_runs: int = _RANDOM_RUNS
) -> dict[str, Any]:
    """Run the loop with picked sentences once, and with random ones several times.

    Parameters
    ----------
    settings
        Those of every training.
    seeds
        What is split by story, and whose labels are shown bit by bit.
    rounds, batch
        How often labels are shown, and of how many sentences.
    random_runs
        How often to pick at random.

    Returns
    -------
    F1 on the held-out stories after each round, and the difference after the last with its 95 % interval by story.

    Raises
    ------
    InputError
        If the seeds are too few.
    """
    split = split_stories(seeds, settings.seed)
    _check(settings, split, rounds * batch)
    steps = Steps()
    with threadpool_limits(1):
        first = _train(settings, split, ())
        steps.say(f"start: macro-F1 {first.f1.mean():.3f}")
        runs = []
        for number in range(random_runs + 1):
            picker = _at_random(split, batch, number) if number else _suggested(split, batch)
            runs.append(_run_loop(settings, split, first, picker, rounds))
            steps.say(f"{f'random {number}' if number else 'suggested'}: macro-F1 {runs[-1][0][-1].f1.mean():.3f}")
    (suggested, _), *others = runs
    return {
        "seeds": seeds.fingerprint,
        "settings": asdict(settings),
        **{name: _size(getattr(split, name)) for name in ("held_out", "start", "hidden")},
        "added": [batch * number for number in range(rounds + 1)],
        "suggested": _curves(split, *runs[0]),
        "random": [_curves(split, *run) for run in others],
        "difference": _difference(split.held_out, suggested[-1], [trained[-1] for trained, _ in others]),
    }


def _check(settings: Settings, split: Split, needed: int) -> None:
    if len(split.hidden.rows) < needed:
        raise InputError(
            f"{needed} sentences are to be picked of {len(split.hidden.rows)} with hidden labels; give fewer rounds, "
            "smaller batches or more seeds"
        )
    check_enough(settings, split.start, "the stories to start with")


def _run_loop(
    settings: Settings, split: Split, first: Trained, picker: Picker, rounds: int
) -> tuple[list[Trained], list[int]]:
    """Return the models of all rounds, and the places of the sentences picked."""
    trained, picked = [first], list[int]()
    for _ in range(rounds):
        picked += picker(trained[-1].doubt, picked)
        trained.append(_train(settings, split, picked))
    return trained, picked


def _train(settings: Settings, split: Split, picked: Sequence[int]) -> Trained:
    """Train on the start and on some of the sentences with hidden labels, and measure on the held-out stories."""
    start, held = split.start, split.held_out
    additions = Additions(Seeds(tuple(split.hidden.rows[place] for place in picked)))
    decisions = out_of_fold_with(settings, start, additions)
    fit, _, _ = fit_readings(settings, start.targets, start.stories, decisions)
    known = additions.beside(start.sentences, start.targets)
    scores = fold_scores(settings, *known, [*held.sentences, *split.hidden.sentences])
    alone = log_odds(scores, fit.calibration)
    stories = np.concatenate([held.stories, split.hidden.stories])
    probabilities = sigmoid(in_context(alone, stories, fit.context))
    count = len(held.rows)
    predicted = Judge(fit.in_context).holds(probabilities[:count])
    return Trained(f1_scores(held.targets, predicted), predicted, uncertainty(probabilities[count:], fit.in_context))


def _suggested(split: Split, batch: int) -> Picker:
    """Pick as ``training.suggest`` does."""
    sentences = split.hidden.sentences

    def pick(doubt: Floats, picked: Sequence[int]) -> list[int]:
        pool: Pool[int] = Pool(batch, [sentences[place] for place in picked])
        for place in pool.admitted(doubt):
            pool.offer(float(doubt[place]), sentences[place], place)
        return pool.pick()

    return pick


def _at_random(split: Split, batch: int, seed: int) -> Picker:
    order = np.random.default_rng(seed).permutation(len(split.hidden.rows)).tolist()
    return lambda _, picked: order[len(picked) : len(picked) + batch]


def _size(seeds: Seeds) -> dict[str, int]:
    return {"stories": len(np.unique(seeds.stories)), "sentences": len(seeds.rows)}


def _curves(split: Split, trained: Sequence[Trained], picked: Sequence[int]) -> dict[str, Any]:
    """Return F1 by round, and which share of the picked sentences carries a label."""
    return {
        "macro_f1": [round(float(each.f1.mean()), 4) for each in trained],
        **{label: [round(float(each.f1[column]), 4) for each in trained] for column, label in enumerate(LABELS)},
        "share_labelled": round(float(np.mean([bool(split.hidden.rows[place].labels) for place in picked])), 4),
    }


def _difference(held: Seeds, suggested: Trained, others: Sequence[Trained]) -> dict[str, Any]:
    """Return by how much the suggested sentences give a higher macro-F1 than the mean of the random runs."""
    samples = [_macro_samples(held.stories, held.targets, each.predicted) for each in (suggested, *others)]
    low, high = np.percentile(samples[0] - np.mean(samples[1:], axis=0), _INTERVAL)
    value = suggested.f1.mean() - np.mean([each.f1.mean() for each in others])
    return {"macro_f1": round(float(value), 4), "interval": [round(float(low), 4), round(float(high), 4)]}


def _macro_samples(stories: NDArray[np.str_], gold: Flags, predicted: Flags) -> Floats:
    """Return the macro-F1 of bootstrap samples of whole stories, the same samples each time, shape (1000,)."""
    names, members = np.unique(stories, return_inverse=True)
    weights = story_weights(len(names))
    hits, marked = (
        weights @ np.column_stack([np.bincount(members, column, len(names)) for column in values.T])
        for values in (gold & predicted, gold.astype(int) + predicted)
    )
    return np.asarray((2 * hits / np.maximum(marked, 1)).mean(axis=1))


if __name__ == "__main__":
    sys.exit(main())
