"""The model card, `REPORT.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from model.labels import LABELS, NONE
from training.measure import Measurement
from training.seeds import Seeds
from training.settings import Settings

__all__ = ["write_report"]

_STRONGEST = 15
_FAILURES = 3

_PURPOSE = """# Model card: restructuring-news

## What it is for

It reads single sentences of English news on companies that cut, close, move or grow, and says for each
whether it reports a layoff, an investment, a political response or a cause: several at once, or none.
It is made to sort: people check the sentences that it finds. The labels are defined in `seeds/README.md`.

## What it is not for

- Decisions on persons, firms or shares without a human reading the sentence.
- Counting jobs: it finds the sentence, it doesn't read the number.
- Other languages, tweets, legal filings, or text that isn't news.
- News on other subjects: it was trained on some, but a share of such sentences will still get a label.
"""


def write_report(file: Path, pipeline: Pipeline, measurement: Measurement, settings: Settings, seeds: Seeds) -> None:
    """Write the report of one training run."""
    figures = measurement.figures
    parts: list[str] = [
        _PURPOSE,
        _data(figures["seeds"], figures["readers"]),
        _cross_validation(figures["cross_validation"], settings),
        "![Precision over recall for each label](precision_recall.png)\n",
        "![Share that holds over probability given](reliability.png)\n",
        _confusion(figures["cross_validation"]["confusion"]),
        *([_real_news(figures["real_news"])] if "real_news" in figures else []),
        *([_rivals(figures)] if "rivals" in figures else []),
        *([_corrections(figures["corrections"])] if "corrections" in figures else []),
        _failures(measurement, seeds),
        _strongest(pipeline),
        "## Settings\n\n" + _table(["setting", "value"], list(asdict(settings).items())),
    ]
    file.write_text("\n".join(parts), encoding="utf-8")


def _cross_validation(figures: Mapping[str, Any], settings: Settings) -> str:
    return (
        f"## Quality by cross-validation\n\n{settings.folds} folds; no story stands on both sides, so every "
        "sentence was judged by a model that never saw its story. Calibration, thresholds and context weights come "
        "from the same out-of-fold scores. Intervals are 95 % bootstrap intervals, drawn by story.\n\n"
        + _both(figures)
        + "\nOf {sentences} sentences in stories on other subjects, {alone:.1%} got a label when judged alone, "
        "{in_context:.1%} in context.\n".format(**figures["unrelated"])
        + "\nSentences alone, against two baselines (F1):\n\n"
        + _baselines({"this model": figures["alone"], **figures["baselines"]})
    )


def _both(figures: Mapping[str, Any]) -> str:
    return (
        "### Sentences alone\n\n"
        + _quality(figures["alone"])
        + "\n### In context\n\n"
        + _quality(figures["in_context"])
    )


def _data(counts: Mapping[str, int], readers: Mapping[str, Any]) -> str:
    kappa = readers.get("kappa", {})
    rows = [(name, counts[name], kappa.get(name, "")) for name in (*LABELS, NONE, "two or more")]
    return (
        f"## Data\n\n{counts['sentences']} sentences in {counts['stories']} stories, written for this project "
        f"in the manner of news and labelled by its codebook; {readers['sentences']} of them were labelled a second "
        "time, blind, and settled where the two differed (kappa: agreement before settling).\n\n"
        + _table(["label", "sentences", "kappa"], rows)
    )


def _quality(figures: Mapping[str, Any]) -> str:
    low, high = figures["macro_f1_interval"]
    rows = [
        (
            label,
            *(f"{row[name]:.3f}" for name in ("precision", "recall", "f1")),
            "{:.3f} to {:.3f}".format(*row["f1_interval"]),
            row["sentences"],
        )
        for label, row in figures["labels"].items()
    ]
    sure = figures["sure"]
    return (
        _table(["label", "precision", "recall", "F1", "interval", "sentences"], rows)
        + f"\nMacro-F1 {figures['macro_f1']:.3f} ({low:.3f} to {high:.3f}); F1 of none {figures['none_f1']:.3f}; "
        f"primary label right in {figures['primary_accuracy']:.1%}; expected calibration error "
        f"{figures['expected_calibration_error']:.3f}; where the probability is {sure['from_probability']} or more, "
        f"precision is {sure['precision']:.3f} and {sure['coverage']:.1%} of the true labels are covered. Decided: "
        + "{share:.1%} of the sentences, precision {precision:.3f}, recall {recall:.3f}.\n".format(**figures["decided"])
    )


def _baselines(models: Mapping[str, Any]) -> str:
    rows = [
        (name, f"{each['macro_f1']:.3f}", *(f"{each['labels'][label]['f1']:.3f}" for label in LABELS))
        for name, each in models.items()
    ]
    return _table(["model", "macro-F1", *LABELS], rows)


def _confusion(table: Mapping[str, Mapping[str, int]]) -> str:
    names = [*LABELS, NONE]
    rows = [(f"**{name}**", *(table[name][other] for other in names)) for name in names]
    return (
        "## Confusion\n\nSentences that truly carry the row's label, and how many of them were given the column's. "
        "Several labels may hold, so rows don't add up.\n\n" + _table(["", *names], rows)
    )


def _real_news(figures: Mapping[str, Any]) -> str:
    curve = figures["learning_curve"]
    rows = [
        (size, *(f"{curve[name][place]:.3f}" for name in ("macro_f1", *LABELS)))
        for place, size in enumerate(curve["sentences"])
    ]
    alone, together = figures["alone"], figures["in_context"]
    return (
        f"## Quality on real articles\n\n{alone['sentences']} sentences of {alone['stories']} published articles, "
        "labelled by two coders, never trained on. Without the labels that only the context gives, macro-F1 is "
        f"{alone['without_context_labels']['macro_f1']:.3f} alone and "
        f"{together['without_context_labels']['macro_f1']:.3f} in context.\n\n"
        + _both(figures)
        + "\n### Learning curve\n\nF1 on the real articles of models trained on a part of the seeds (whole stories, "
        "in one random order), judged in context, with everything learned from that part alone.\n\n"
        + _table(["sentences", "macro-F1", *LABELS], rows)
        + "\n![F1 over number of seed sentences](learning_curve.png)\n"
    )


def _rivals(figures: Mapping[str, Any]) -> str:
    models = {"this model": figures, **figures["rivals"]}
    rows = [
        (
            name,
            *(
                f"{each[kind][reading]['macro_f1']:.3f}"
                for kind in ("cross_validation", "real_news")
                for reading in ("alone", "in_context")
            ),
            *(f"{each['real_news']['in_context']['labels'][label]['f1']:.3f}" for label in LABELS),
        )
        for name, each in models.items()
    ]
    return (
        "## Against other kinds of models\n\nTrained on the same seeds, calibrated and read in the same way "
        "(macro-F1; then F1 on real articles in context).\n\n"
        + _table(["model", "folds, alone", "in context", "real, alone", "in context", *LABELS], rows)
        + "\nThis model is the sum of both regressions, one of them with word vectors. Whether the vectors are worth "
        "their place shows against the row without them: they are kept for the label that is hardest on real articles, "
        "not for the macro-F1.\n"
    )


def _corrections(figures: Mapping[str, Any]) -> str:
    columns = [figures[time][reading] for reading in ("alone", "in_context") for time in ("before", "after")]
    names = {"macro_f1": "macro-F1", **dict(zip(LABELS, LABELS, strict=True))}
    rows = [(name, *(f"{column[key]:.3f}" for column in columns)) for key, name in names.items()]
    left_out = figures["left_out"]
    return (
        f"## What the corrections changed\n\n{figures['used']} corrected sentences of {figures['articles']} articles "
        f"were trained on beside the seeds. Left out: {left_out['in_seeds']} that stand in the seeds, "
        f"{left_out['measured_on']} of articles to measure on, {left_out['repeated']} that were labelled again later. "
        "F1 on the same sentences of the seeds, in the same folds; the corrections were added to the training part "
        "of each fold and never measured on. All other figures of this report, but a learning curve, are those with "
        "the corrections.\n\n"
        + _table(["F1", "alone, before", "alone, after", "in context, before", "in context, after"], rows)
    )


def _failures(measurement: Measurement, seeds: Seeds) -> str:
    lines = ["## Known failures\n\nThe surest of its errors in cross-validation.\n"]
    for column, label in enumerate(LABELS):
        gold, scores = seeds.targets[:, column], measurement.scores[:, column]
        said = measurement.predicted[:, column]
        lines.append(f"**{label}**\n")
        lines += _examples("Wrongly given", seeds.sentences, scores, np.flatnonzero(said & ~gold), -1)
        lines += _examples("Missed", seeds.sentences, scores, np.flatnonzero(gold & ~said), 1)
        lines.append("")
    return "\n".join(lines)


def _examples(title: str, sentences: Sequence[str], scores: Any, rows: Any, sign: int) -> Iterator[str]:
    worst = rows[np.argsort(sign * scores[rows], kind="stable")][:_FAILURES]
    return (f"- {title} ({scores[row]:.2f}): {_escape(sentences[row])}" for row in worst)


def _strongest(pipeline: Pipeline) -> str:
    names = pipeline[:-1].get_feature_names_out()
    rows = []
    for label, estimator in zip(LABELS, pipeline[-1].estimators_, strict=True):
        order = np.argsort(estimator.coef_[0], kind="stable")
        rows.append((label, _ngrams(names, order[::-1]), _ngrams(names, order)))
    return "## Strongest n-grams\n\n" + _table(["label", "for", "against"], rows)


def _ngrams(names: Any, order: Any) -> str:
    """Name the first columns, n-grams of word beginnings with an ellipsis."""
    pairs = (names[column].split("__", 1) for column in order[:_STRONGEST])
    return ", ".join(f"`{ngram}…`" if block == "prefixes" else f"`{ngram}`" for block, ngram in pairs)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def _escape(sentence: str) -> str:
    return sentence.replace("*", r"\*").replace("_", r"\_").replace("|", r"\|").replace("<", "&lt;")
