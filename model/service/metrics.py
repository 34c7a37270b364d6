"""What Prometheus is told: requests, latency, sentences, labels given, share undecided."""

from __future__ import annotations

import os
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from model.columns import Verdicts
from model.labels import CHOICES, LABELS

__all__ = ["Metrics"]

_PREFIX = "classify_news"
_MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The counters of one process; `text` shows those of all processes together.

    Parameters
    ----------
    paths
        The paths that are told apart; requests for others count as ``other``.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            f"{_PREFIX}_requests", "Requests answered", ["path", "status"], registry=self._registry
        )
        self._counted: dict[tuple[str, int], Counter] = {}
        latency = Histogram(
            f"{_PREFIX}_request_seconds", "Time to answer", ["path"], registry=self._registry, buckets=_SECONDS
        )
        self._latency = {path: latency.labels(path) for path in (*paths, "other")}
        self._sentences = Counter(f"{_PREFIX}_sentences", "Sentences labelled", registry=self._registry)
        self._undecided = Counter(f"{_PREFIX}_undecided", "Sentences for review", registry=self._registry)
        labels = Counter(f"{_PREFIX}_labels", "Labels given", ["label"], registry=self._registry)
        self._labels = {label: labels.labels(label) for label in LABELS}

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        known = path if path in self._latency else "other"
        counter = self._counted.get((known, status))
        if counter is None:
            counter = self._counted[known, status] = self._requests.labels(known, status)
        counter.inc()
        self._latency[known].observe(seconds)

    def labelled(self, verdicts: Verdicts) -> None:
        """Count sentences and their labels."""
        choices, decided = verdicts.choice.tolist(), verdicts.decided.tolist()
        self._sentences.inc(len(choices))
        if not all(decided):
            self._undecided.inc(decided.count(False))
        for choice in set(choices):
            for label in CHOICES[choice]:
                self._labels[label].inc(choices.count(choice))

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        registry = self._registry
        if os.environ.get(_MULTIPROCESS):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's
        samples = {sample.name: sample.value for metric in registry.collect() for sample in metric.samples}
        undecided, sentences = (samples.get(f"{_PREFIX}_{name}_total", 0.0) for name in ("undecided", "sentences"))
        share = undecided / max(1.0, sentences)
        name = f"{_PREFIX}_share_undecided"
        lines = f"# HELP {name} Share of sentences for review\n# TYPE {name} gauge\n{name} {share}\n"
        return bytes(generate_latest(registry)) + lines.encode()
