"""What came out of the simulated loop: figures, a table with a plain conclusion, and a plot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model.files import write_bytes_whole, write_whole

__all__ = ["conclusion", "loop_table", "write_loop"]


def write_loop(folder: Path, figures: Mapping[str, Any]) -> None:
    """Write ``loop.json``, ``loop.md`` and ``loop.png``.

    Parameters
    ----------
    folder
        Must be there.
    figures
        What `training.loop.simulate` returns.
    """
    with write_whole(folder / "loop.json") as file:
        file.write(json.dumps(figures, indent=2) + "\n")
    with write_whole(folder / "loop.md") as file:
        file.write(loop_table(figures))
    _plot(folder / "loop.png", figures)


def conclusion(figures: Mapping[str, Any]) -> str:
    """Say in words whether picking was worth it."""
    low, high = figures["difference"]["interval"]
    rounds = len(figures["added"]) - 1
    picked = figures["suggested"]["macro_f1"][1:]
    best = np.max(_random(figures), axis=0)[1:]
    ahead = sum(one > other for one, other in zip(picked, best, strict=True))
    if low > 0:
        verdict = "Picking beats chance"
    elif high < 0:
        verdict = "Picking is worse than chance"
    else:
        verdict = "Picking doesn't beat chance"
    return (
        f"{verdict}: after the last round the difference in macro-F1 is {figures['difference']['macro_f1']:+.3f} "
        f"(95 % interval by story {low:+.3f} to {high:+.3f}); in {ahead} of {rounds} rounds the picked sentences gave "
        f"more than the best of {len(figures['random'])} random runs."
    )


def loop_table(figures: Mapping[str, Any]) -> str:
    """Return the content of ``loop.md``: macro-F1 by round, and the conclusion."""
    held, start, hidden = (figures[name] for name in ("held_out", "start", "hidden"))
    runs = _random(figures)
    shares = [run["share_labelled"] for run in figures["random"]]
    lines = [
        f"| {added:,} | {picked:.3f} | {run.mean():.3f} | {run.min():.3f} to {run.max():.3f} |"
        for added, picked, run in zip(figures["added"], figures["suggested"]["macro_f1"], runs.T, strict=True)
    ]
    return (
        f"Macro-F1 on {held['sentences']:,} sentences of {held['stories']} held-out stories, articles in order. "
        f"Training starts with {start['sentences']:,} sentences of {start['stories']} whole stories; sentences are "
        f"added from {hidden['sentences']:,} of {hidden['stories']} other stories.\n\n"
        "| sentences added | picked by training.suggest | at random, mean | at random, range |\n"
        "| --- | --- | --- | --- |\n" + "\n".join(lines) + f"\n\n{conclusion(figures)} "
        f"Of the picked sentences {figures['suggested']['share_labelled']:.0%} carry a label, of the random ones "
        f"{np.mean(shares):.0%}. One split of the stories and one start: another could give other figures.\n"
    )


def _random(figures: Mapping[str, Any]) -> Any:
    """Macro-F1 of the random runs, shape (runs, rounds + 1)."""
    return np.array([run["macro_f1"] for run in figures["random"]])


def _plot(file: Path, figures: Mapping[str, Any]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    added, runs = figures["added"], _random(figures)
    axes.fill_between(added, runs.min(axis=0), runs.max(axis=0), color="#bbbbbb", alpha=0.5, linewidth=0)
    axes.plot(added, runs.mean(axis=0), color="#555555", marker="o", markersize=4, label="at random (mean and range)")
    axes.plot(added, figures["suggested"]["macro_f1"], color="#1f618d", marker="D", markersize=5, label="picked")
    axes.set(xlabel="sentences added", ylabel="macro-F1, held-out stories", title="Is it worth picking what to label?")
    axes.grid(color="#e5e5e5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.legend()
    with write_bytes_whole(file) as out:
        figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
