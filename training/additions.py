"""Sentences that people labelled, added to the seeds for training only: never measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.labels import LABELS
from training.annotations import Annotation, read_annotations
from training.crossval import Track, out_of_fold
from training.measure import fit_readings, measured_folds
from training.metrics import Flags, Floats
from training.near_duplicates import near_duplicates
from training.seeds import Seed, Seeds
from training.selection import same_words
from training.settings import Settings

__all__ = ["Additions", "load_additions", "out_of_fold_with", "what_changed"]

_PREFIX = " annotated: "  # no story of the seeds begins with a blank


@dataclass(frozen=True)
class Additions:
    """Labelled sentences to train on beside the seeds, and how many were left out.

    Attributes
    ----------
    seeds
        The sentences used. Each article is a story of its own, whose name no seed can have.
    in_seeds
        How many were left out as they stand in the seeds, word for word or but for names and numbers.
    measured_on
        How many were left out as they, or others of their article, are among the sentences to measure on.
    repeated
        How many were left out as the same sentence comes again later.
    """

    seeds: Seeds
    in_seeds: int = 0
    measured_on: int = 0
    repeated: int = 0

    def __str__(self) -> str:
        return (
            f"{len(self.seeds.rows)} corrected sentences used; left out: {self.in_seeds} that stand in the seeds, "
            f"{self.measured_on} of articles to measure on, {self.repeated} that were labelled again later"
        )

    def beside(self, sentences: Sequence[str], targets: Flags) -> tuple[list[str], Flags]:
        """Return sentences and targets, shape (n, 4), with these behind them."""
        own = self.seeds.targets.reshape(-1, len(LABELS))
        return [*sentences, *self.seeds.sentences], np.vstack([targets, own])


def load_additions(files: Sequence[Path], seeds: Seeds, measured_on: Sequence[str] = ()) -> Additions:
    """Read what people labelled, and leave out what must not or need not be trained on.

    Parameters
    ----------
    files
        What `training.annotations` reads.
    seeds
        The seeds beside which they are to be used.
    measured_on
        Sentences that figures are to be taken from.

    Raises
    ------
    InputError
        If a file can't be read, or a record isn't as it should be.
    """
    if not files:
        return Additions(Seeds(()))
    every = [each for file in files for each in read_annotations(file)]
    last = list({same_words(each.sentence): each for each in every}.values())
    unseen = _of_other_articles(last, set(map(same_words, measured_on)))
    known, found = seeds.sentences, [each.sentence for each in unseen]
    texts, count = set(map(same_words, known)), len(known)
    alike = {later - count for earlier, later in near_duplicates([*known, *found]) if earlier < count}
    used = [each for place, each in enumerate(unseen) if place not in alike and same_words(each.sentence) not in texts]
    return Additions(
        Seeds(tuple(_seed(each) for each in used)),
        in_seeds=len(unseen) - len(used),
        measured_on=len(last) - len(unseen),
        repeated=len(every) - len(last),
    )


def _of_other_articles(annotations: Sequence[Annotation], measured_on: set[str]) -> list[Annotation]:
    """Leave out every article of which a sentence is measured on."""
    measured = {each.article for each in annotations if each.article and same_words(each.sentence) in measured_on}
    return [
        each for each in annotations if each.article not in measured and same_words(each.sentence) not in measured_on
    ]


def _seed(annotation: Annotation) -> Seed:
    story = annotation.article or f"{annotation.file}:{annotation.number}"
    return Seed(_PREFIX + story, annotation.sentence, annotation.labels, annotation.file, annotation.number)


def out_of_fold_with(
    settings: Settings, seeds: Seeds, additions: Additions, track: Track = lambda items, _: items
) -> Floats:
    """Return decision values of the seeds, shape (n, 4), as `training.crossval.out_of_fold` does, on the same folds.

    Every model was trained on the additions, too.
    """
    return out_of_fold(settings, seeds, track, additions.beside)


def what_changed(
    settings: Settings, seeds: Seeds, before: Floats, after: Mapping[str, Any], additions: Additions
) -> dict[str, Any]:
    """Return what the additions changed, for the report.

    Parameters
    ----------
    settings
        Those of the cross-validation.
    seeds
        What both models were measured on.
    before
        Out-of-fold decision values, shape (n, 4), of models that never saw an addition.
    after
        Figures of the cross-validation of models that saw them.
    additions
        The sentences.
    """
    fit, alone, together = fit_readings(settings, seeds.targets, seeds.stories, before)
    return {
        "used": len(additions.seeds.rows),
        "articles": len({row.story for row in additions.seeds.rows}),
        "fingerprint": additions.seeds.fingerprint,
        "left_out": {name: getattr(additions, name) for name in ("in_seeds", "measured_on", "repeated")},
        "before": _f1(measured_folds(seeds, fit, alone, together)),
        "after": _f1(after),
    }


def _f1(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {
        reading: {"macro_f1": figures[reading]["macro_f1"]}
        | {label: figures[reading]["labels"][label]["f1"] for label in LABELS}
        for reading in ("alone", "in_context")
    }
