"""The table and the plot of `training.benchmark`, and what it shares with `training.scaling`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from model.files import write_whole

__all__ = ["add_options", "plot_benchmark", "table", "write_figures"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare where the seeds are and where the figures go."""
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), metavar="DIR", help="folder of seed files")
    parser.add_argument(
        "--output", type=Path, default=Path("artifacts/benchmark"), metavar="DIR", help="for figures, table and plot"
    )


def write_figures(folder: Path, name: str, figures: dict[str, Any], table_name: str, text: str) -> None:
    """Write figures as JSON and their table as Markdown, and print the table."""
    folder.mkdir(parents=True, exist_ok=True)
    with write_whole(folder / name) as file:
        json.dump(figures, file, indent=2)
    with write_whole(folder / table_name) as file:
        file.write(text)
    print(text)


def table(figures: dict[str, Any]) -> str:
    """Return the figures as a Markdown table, with what they were measured on."""
    columns = (
        "peer",
        "sentences/s",
        "MB/s",
        "ratio",
        "one sentence p50",
        "p99",
        "start to answer",
        "memory",
        "on disk",
    )
    rows = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
    size = figures["bytes"] / figures["sentences"]
    for name, peer in sorted(figures["peers"].items(), key=lambda item: -item[1]["ratio"]):
        rate = peer["sentences_per_second"]
        cells = (
            name,
            f"{rate:,.0f}",
            f"{rate * size / 1e6:.1f}",
            f"{peer['ratio']:.2f}",
            f"{peer['single_p50'] * 1e6:,.1f} us",
            f"{peer['single_p99'] * 1e6:,.1f} us",
            f"{peer['start']:.2f} s",
            f"{peer['peak_memory'] / 1e6:,.0f} MB",
            f"{peer['size'] / 1e6:.1f} MB",
        )
        rows.append(f"| {' | '.join(cells)} |")
    floor = figures["sentences"] / figures["word_count"]["seconds"]
    rows.append(f"| `wc -w` over the text | {floor:,.0f} | {floor * size / 1e6:.1f} | | | | | | |")
    threads = ", ".join(f"{count}: {rate:,.0f}" for count, rate in figures["threads"].items())
    lengths = ", ".join(f"{int(words):,}: {time:.0f}" for words, time in figures["lengths"].items())
    start = figures["start"]
    facts = (
        f"{figures['sentences']:,} sentences, no two alike ({figures['bytes'] / 1e6:.1f} MB); all peers trained on the",
        f"same {figures['training_sentences']:,}. The compiled scorer's probabilities differ from the pipeline's by",
        f"at most {figures['largest_difference']:.1e}. Compiled, sentences/s by threads: {threads}; ns a word,",
        f"by words in a text: {lengths}. `classify-news predict` on a short article takes",
        f"{start['predict one article']:.2f} s from start to exit, importing scikit-learn alone",
        f"{start['import scikit-learn']:.2f} s. Sentences/s are medians over the rounds; a ratio is the median of the",
        "ratios to the scikit-learn pipeline within each round, as the machine's speed changes between rounds.",
    )
    return "\n".join([*rows, "", *facts, ""])


def plot_benchmark(path: Path, figures: dict[str, Any]) -> None:
    """Draw how many times as fast as the scikit-learn pipeline each peer is."""
    from matplotlib.figure import Figure

    peers = sorted(figures["peers"].items(), key=lambda item: item[1]["ratio"])
    figure = Figure(figsize=(8, 0.5 * len(peers) + 1.2), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([name for name, _ in peers], [peer["ratio"] for _, peer in peers], color="#30638e")
    rates = [f"{peer['ratio']:.1f} x, {peer['sentences_per_second']:,.0f}/s" for _, peer in peers]
    axes.bar_label(bars, rates, padding=3)
    axes.set_xlabel("times as fast as scikit-learn, and sentences a second, on one core")
    axes.margins(x=0.4)
    figure.savefig(path, dpi=150)
