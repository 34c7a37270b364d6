"""Time the scorer against its peers: ``python -m training.benchmark`` (extra `benchmark`).

Every peer trains on the same sentences and runs in a process of its own, on one core; rounds are
interleaved, so that a slow minute of the machine meets all of them, and a peer's ratio is that to the
scikit-learn pipeline in the same round. The answers of the compiled scorer are compared with those of
the pipeline before anything is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from model.artifact import default_path, open_artifact
from model.console import run_command
from model.errors import InputError
from model.files import read_text
from model.scorer import CompiledScorer
from training.benchmark_table import add_options, plot_benchmark, table, write_figures
from training.corpus import recombined
from training.peers import OURS, PEERS, REFERENCE, scores
from training.progress import Steps
from training.seeds import load_seeds

__all__ = ["benchmark", "main"]

_NAME = "training.benchmark"
_PACKAGES = ("fasttext", "spacy", "vowpalwabbit")
_SENTENCES = 200_000
_ROUND_SECONDS = 4.0
_WARM, _SINGLE, _CHECKED, _STARTS = 2000, 500, 5000, 3
_EQUAL = 1e-12
_ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    add_options(parser)
    parser.add_argument("--corpus", type=Path, metavar="FILE", help="sentences to score, one a line")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    for package in _PACKAGES:
        if find_spec(package) is None:
            raise InputError(f"the package {package} is missing; run pip install '.[benchmark]'")
    figures = benchmark(options.seeds, options.corpus, options.rounds)
    write_figures(options.output, "benchmark.json", figures, "table.md", table(figures))
    plot_benchmark(options.output / "benchmark.png", figures)


def benchmark(seeds_folder: Path, corpus: Path | None, rounds: int) -> dict[str, Any]:
    """Train the peers, time them, and return the figures.

    Raises
    ------
    InputError
        If the seeds or the corpus can't be read, or the compiled scorer's answers differ.
    """
    steps = Steps()
    seeds = load_seeds(seeds_folder)
    lines = read_text(corpus).splitlines() if corpus else recombined(seeds.sentences, _SENTENCES, seed=7)
    sentences = [line for line in dict.fromkeys(lines) if line.strip()]
    with tempfile.TemporaryDirectory() as name:
        folders: dict[str, Path] = {}
        for peer in PEERS.values():
            steps.say(f"training {peer.name}")
            mine = peer.name in (REFERENCE, OURS)
            folders[peer.name] = default_path() if mine else Path(name) / f"peer{len(folders)}"
            folders[peer.name].mkdir(exist_ok=True)
            peer.train(folders[peer.name], seeds.sentences, seeds.targets)
        apart = _check(folders, sentences)
        text = Path(name) / "corpus.txt"
        text.write_text("\n".join(sentences) + "\n", encoding="utf-8")
        steps.say("timing")
        return {
            "sentences": len(sentences),
            "bytes": text.stat().st_size,
            "training_sentences": len(seeds.rows),
            "largest_difference": apart,
            "peers": _timed_peers(folders, text, len(sentences), rounds, steps),
            "word_count": _word_count(text, rounds),
            "threads": _threads(sentences, rounds),
            "lengths": _lengths(sentences, rounds),
            "start": _start(),
        }


def _check(folders: dict[str, Path], sentences: Sequence[str]) -> float:
    reference, ours = (scores(name, folders[name], sentences[:_CHECKED]) for name in (REFERENCE, OURS))
    apart = float(np.nanmax(np.abs(1 / (1 + np.exp(-reference)) - 1 / (1 + np.exp(-ours)))))
    if apart > _EQUAL or (np.isnan(reference) != np.isnan(ours)).any():
        raise InputError(f"the compiled scorer differs from the pipeline by {apart}; train again")
    return apart


class _Process:
    """A peer in a process of its own."""

    def __init__(self, name: str, folder: Path, sentence: str) -> None:
        start = time.perf_counter()
        command = [sys.executable, "-m", "training.peers", name, str(folder)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **_ONE_CORE},
        )
        self.ask(sentence)
        self.start_seconds = time.perf_counter() - start

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, request: object) -> Any:
        assert self._process.stdin  # noqa: S101 - both are pipes
        assert self._process.stdout  # noqa: S101
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


def _timed_peers(folders: dict[str, Path], text: Path, count: int, rounds: int, steps: Steps) -> dict[str, Any]:
    first = "The company said it would cut about 600 jobs because of weak demand."
    starts: dict[str, list[float]] = {name: [] for name in PEERS}
    for _ in range(_STARTS):
        for name in PEERS:
            with _Process(name, folders[name], first) as process:
                starts[name].append(process.start_seconds)
    processes = {name: _Process(name, folders[name], first) for name in PEERS}
    rates: dict[str, list[float]] = {name: [] for name in PEERS}
    single: dict[str, list[float]] = {name: [] for name in PEERS}
    warm = {name: process.ask({"file": str(text), "count": _WARM}) for name, process in processes.items()}
    sizes = {name: int(min(count, max(_WARM, _ROUND_SECONDS / seconds * _WARM))) for name, seconds in warm.items()}
    for number in range(rounds):
        steps.say(f"round {number + 1} of {rounds}")
        for name, process in processes.items():
            rates[name].append(sizes[name] / process.ask({"file": str(text), "count": sizes[name]}))
            single[name] += process.ask({"file": str(text), "single": _SINGLE})
    figures = {}
    for name, process in processes.items():
        ratios = np.array(rates[name]) / np.array(rates[REFERENCE])
        figures[name] = {
            "scored": sizes[name],
            "sentences_per_second": float(np.median(rates[name])),
            "ratio": float(np.median(ratios)),
            "ratio_range": [float(ratios.min()), float(ratios.max())],
            "single_p50": float(np.percentile(single[name], 50)),
            "single_p99": float(np.percentile(single[name], 99)),
            "start": float(np.median(starts[name])),
            "peak_memory": process.ask({"memory": True}),
            "size": _size(name, folders[name]),
        }
        with process:
            pass
    return figures


def _size(name: str, folder: Path) -> int:
    """Return the bytes that a peer needs on disk."""
    wanted = {REFERENCE: "pipeline.joblib", OURS: "weights.npz"}.get(name, "*")
    return sum(file.stat().st_size for file in folder.rglob(wanted) if file.is_file())


def _word_count(text: Path, rounds: int) -> dict[str, float]:
    """Return the seconds that `wc -w` takes over the same text: a floor."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(["wc", "-w", str(text)], check=True, stdout=subprocess.DEVNULL)  # noqa: S607 - wc is on the path
        seconds.append(time.perf_counter() - start)
    return {"seconds": float(np.median(seconds))}


def _compiled() -> CompiledScorer:
    return CompiledScorer(open_artifact().weights())


def _threads(sentences: Sequence[str], rounds: int) -> dict[str, float]:
    """Return sentences per second with one thread and more."""
    scorer = _compiled()
    seconds: dict[int, list[float]] = {count: [] for count in range(1, (os.cpu_count() or 1) + 1)}
    for _ in range(rounds):
        for count, found in seconds.items():
            size = -(-len(sentences) // count)
            parts = [sentences[start : start + size] for start in range(0, len(sentences), size)]
            with ThreadPoolExecutor(count) as pool:
                start = time.perf_counter()
                list(pool.map(scorer.decision_function, parts))
                found.append(time.perf_counter() - start)
    return {str(count): len(sentences) / float(np.median(found)) for count, found in seconds.items()}


def _lengths(sentences: Sequence[str], rounds: int) -> dict[str, float]:
    """Return nanoseconds per word in texts of so many words."""
    scorer = _compiled()
    words = " ".join(sentences).split()
    answer = {}
    for length in (10, 100, 1000, 10_000, 100_000):
        texts = [" ".join(words[start : start + length]) for start in range(0, 400_000, length)]
        seconds = []
        for _ in range(rounds):
            start = time.perf_counter()
            scorer.decision_function(texts)
            seconds.append(time.perf_counter() - start)
        answer[str(length)] = float(np.median(seconds)) / (length * len(texts)) * 1e9
    return answer


def _start() -> dict[str, float]:
    """Return seconds from start to exit: the command on a short article, and what scikit-learn takes to import."""
    imports = "import sklearn.linear_model, sklearn.feature_extraction.text"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("Ford is to close its plant in Genk. The minister called it a disaster.\n")
        file.flush()
        commands = {
            "predict one article": [sys.executable, "-m", "model.cli", "predict", file.name],
            "import scikit-learn": [sys.executable, "-c", imports],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(5):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                seconds[name].append(time.perf_counter() - start)
    return {name: float(np.median(found)) for name, found in seconds.items()}


if __name__ == "__main__":
    sys.exit(main())
