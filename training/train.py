"""Train the model from the seeds: ``python -m training.train [--seeds DIR] [--artifact DIR]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from model.console import run_command
from model.errors import InputError
from training.additions import Additions, load_additions, out_of_fold_with, what_changed
from training.agreement import reader_figures
from training.artifact import write_artifact
from training.compare import load_rivals
from training.crossval import check_enough, out_of_fold
from training.gold import load_gold
from training.learning_curve import learning_curve
from training.measure import Measurement, measure, measure_unseen
from training.pipeline import fit_pipeline
from training.progress import Steps
from training.seeds import Seeds, load_seeds
from training.settings import Settings

__all__ = ["main", "train"]

_NAME = "training.train"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), metavar="DIR", help="folder of seed files")
    parser.add_argument(
        "--artifact", type=Path, default=Path("artifacts/default"), metavar="DIR", help="model folder to write"
    )
    parser.add_argument(
        "--gold", type=Path, metavar="FILE", help="also measure on these sentences, with a learning curve"
    )
    parser.add_argument("--rivals", type=Path, metavar="FILE", help="with --gold: figures that training.compare wrote")
    parser.add_argument(
        "--also", type=Path, action="append", default=[], metavar="FILE", help="train on these corrected sentences, too"
    )
    options = parser.parse_args(arguments)
    if options.rivals and not options.gold:
        parser.error("--rivals needs --gold")
    if options.rivals and options.also:
        parser.error("--rivals were trained on the seeds alone; leave out --also")
    return run_command(
        _NAME, lambda: train(options.seeds, options.artifact, options.gold, options.rivals, also=options.also)
    )


def train(  # noqa: PLR0913 - one for each option of the command
    seeds_folder: Path,
    artifact_folder: Path,
    gold_file: Path | None = None,
    rivals_file: Path | None = None,
    settings: Settings | None = None,
    *,
    also: Sequence[Path] = (),
) -> None:
    """Load the seeds, cross-validate, fit on all of them, and write the model folder.

    `gold_file` holds sentences to measure on, never to train on; see `training.gold`. `rivals_file`
    holds the figures of other models trained on the same seeds; see `training.compare`. The files `also`
    hold sentences to train on beside the seeds, never to measure on; see `training.additions`.

    Raises
    ------
    InputError
        If the seeds or another file have problems, the folder can't be written, or the extra `train` isn't installed.
    """
    if find_spec("matplotlib") is None:
        raise InputError("the package matplotlib is missing; run pip install '.[train]'")
    if artifact_folder.exists() and not artifact_folder.is_dir():
        raise InputError(f"{artifact_folder}: is a file; name a folder to write the model to")
    settings = settings or Settings()
    steps = Steps()
    with threadpool_limits(1):
        steps.say("loading seeds")
        seeds = load_seeds(seeds_folder)
        check_enough(settings, seeds, str(seeds_folder))
        gold = load_gold(gold_file) if gold_file else None
        rivals = load_rivals(rivals_file, seeds) if rivals_file else {}
        additions = load_additions(also, seeds, gold.sentences if gold else ()) if also else None
        measurement = _cross_validate(settings, seeds, additions, reader_figures(seeds_folder / "readers"), steps)
        steps.say("fitting on all seeds")
        everything = seeds.sentences, seeds.targets
        pipeline = fit_pipeline(settings, *(additions.beside(*everything) if additions else everything))
        if gold:
            steps.say("measuring on real articles")
            measurement.figures["real_news"] = measure_unseen(
                measurement.fit, gold, pipeline.decision_function(gold.sentences)
            ) | {"learning_curve": learning_curve(settings, seeds, gold)}
        if rivals:
            measurement.figures["rivals"] = rivals
        steps.say(f"writing {artifact_folder}")
        write_artifact(artifact_folder, pipeline, measurement, settings, seeds)
        steps.say(f"macro-F1 by cross-validation: {measurement.figures['cross_validation']['alone']['macro_f1']:.3f}")


def _cross_validate(
    settings: Settings, seeds: Seeds, additions: Additions | None, readers: dict[str, Any], steps: Steps
) -> Measurement:
    decisions = out_of_fold(settings, seeds, steps.track("cross-validation"))
    if additions is None:
        steps.say("measuring")
        return measure(settings, seeds, decisions, readers)
    steps.say(str(additions))
    with_them = out_of_fold_with(settings, seeds, additions, steps.track("cross-validation with corrections"))
    steps.say("measuring")
    measurement = measure(settings, seeds, with_them, readers)
    measurement.figures["corrections"] = what_changed(
        settings, seeds, decisions, measurement.figures["cross_validation"], additions
    )
    return measurement


if __name__ == "__main__":
    sys.exit(main())
