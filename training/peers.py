"""What the scorer is timed against: each trains on the same sentences, is stored, and loaded in a new process.

``python -m training.peers NAME FOLDER`` is such a process. It loads, scores the first line of standard
input, and then answers one JSON request a line; see `serve`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.labels import LABELS
from training.metrics import Flags, Floats

__all__ = ["PEERS", "Peer", "serve"]

Predict = Callable[[Sequence[str]], Any]
_SEPARATORS = str.maketrans({"|": " ", ":": " ", "\n": " "})


@dataclass(frozen=True)
class Peer:
    """One way to label sentences.

    Attributes
    ----------
    name
        As the table shows it.
    train
        Stores a model in a folder, from sentences and targets of shape (n, 4).
    load
        Loads it and returns a function from sentences to scores.
    """

    name: str
    train: Callable[[Path, Sequence[str], Flags], None]
    load: Callable[[Path], Predict]


def _keep(_: Path, __: Sequence[str], ___: Flags) -> None:
    """Nothing to train: the model under test lies in the folder already."""


def _load_pipeline(folder: Path) -> Predict:
    from model.artifact import load_pipeline
    from model.scorer import PipelineScorer

    return PipelineScorer(load_pipeline(folder)).decision_function


def _load_compiled(folder: Path) -> Predict:
    from model.artifact import open_artifact
    from model.scorer import CompiledScorer

    return CompiledScorer(open_artifact(folder).weights()).decision_function


def _train_hashing(folder: Path, sentences: Sequence[str], targets: Flags) -> None:
    import joblib
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    classifier = OneVsRestClassifier(SGDClassifier(loss="log_loss", random_state=0))
    pipeline = make_pipeline(HashingVectorizer(ngram_range=(1, 2), n_features=2**18), classifier)
    joblib.dump(pipeline.fit(sentences, targets), folder / "model.joblib")


def _load_hashing(folder: Path) -> Predict:
    import joblib

    return joblib.load(folder / "model.joblib").decision_function  # type: ignore[no-any-return]  # written by us just now


def _fasttext(**settings: int) -> tuple[Callable[[Path, Sequence[str], Flags], None], Callable[[Path], Predict]]:
    def train(folder: Path, sentences: Sequence[str], targets: Flags) -> None:
        import fasttext

        with (folder / "train.txt").open("w", encoding="utf-8") as file:
            for sentence, target in zip(sentences, targets, strict=True):
                marks = "".join(f"__label__{label} " for label, held in zip(LABELS, target, strict=True) if held)
                file.write(f"{marks or '__label__none '}{' '.join(sentence.lower().split())}\n")
        fit = fasttext.train_supervised(
            str(folder / "train.txt"), loss="ova", wordNgrams=2, dim=100, epoch=5, thread=1, verbose=0, **settings
        )
        fit.save_model(str(folder / "model.bin"))
        (folder / "train.txt").unlink()

    def load(folder: Path) -> Predict:
        import fasttext

        fit = fasttext.load_model(str(folder / "model.bin"))
        return lambda sentences: np.array(fit.predict([" ".join(s.lower().split()) for s in sentences], k=-1)[1])

    return train, load


def _wabbit_example(sentence: str) -> str:
    return "| " + sentence.lower().translate(_SEPARATORS)


def _train_wabbit(folder: Path, sentences: Sequence[str], targets: Flags) -> None:
    from vowpalwabbit import Workspace

    wabbit = Workspace(f"--multilabel_oaa {len(LABELS)} --ngram 2 -b 20 --loss_function logistic --quiet")
    for sentence, target in zip(sentences, targets, strict=True):
        wabbit.learn(",".join(map(str, np.flatnonzero(target))) + " " + _wabbit_example(sentence))
    wabbit.save(str(folder / "model.vw"))
    wabbit.finish()


def _load_wabbit(folder: Path) -> Predict:
    from vowpalwabbit import Workspace

    wabbit = Workspace(f"--quiet --testonly -i {folder / 'model.vw'}")
    return lambda sentences: [wabbit.predict(_wabbit_example(sentence)) for sentence in sentences]


def _train_spacy(folder: Path, sentences: Sequence[str], targets: Flags) -> None:
    import spacy
    from spacy.training import Example
    from spacy.util import minibatch

    nlp = spacy.blank("en")
    bag = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": False,
        "ngram_size": 2,
        "no_output_layer": False,
    }
    nlp.add_pipe("textcat_multilabel", config={"model": bag})
    examples = [
        Example.from_dict(nlp.make_doc(sentence), {"cats": dict(zip(LABELS, map(float, target), strict=True))})
        for sentence, target in zip(sentences, targets, strict=True)
    ]
    nlp.initialize(lambda: examples)
    for batch in minibatch(examples, 500):
        nlp.update(batch)
    nlp.to_disk(folder / "model")


def _load_spacy(folder: Path) -> Predict:
    import spacy

    nlp = spacy.load(folder / "model")
    return lambda sentences: np.array([list(doc.cats.values()) for doc in nlp.pipe(sentences, batch_size=1000)])


REFERENCE, OURS = "scikit-learn, same features", "this project, compiled"
PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer(REFERENCE, _keep, _load_pipeline),
        Peer(OURS, _keep, _load_compiled),
        Peer("HashingVectorizer + SGD, words 1-2", _train_hashing, _load_hashing),
        Peer("fastText, words 1-2", *_fasttext()),
        Peer("fastText, words 1-2 and subwords", *_fasttext(minn=3, maxn=6)),
        Peer("Vowpal Wabbit, words 1-2", _train_wabbit, _load_wabbit),
        Peer("spaCy bag of words 1-2", _train_spacy, _load_spacy),
    )
}


def serve(name: str, folder: Path) -> None:
    """Load a peer and answer requests, one JSON value a line, until standard input ends.

    The first line is a sentence. Then ``{"file", "count"}`` is answered by the seconds to score that many
    lines in one batch, ``{"file", "single"}`` by the seconds of each of that many calls with one line, and
    ``{"memory": true}`` by the peak resident memory in bytes.
    """
    first = json.loads(sys.stdin.readline())
    predict = PEERS[name].load(folder)
    predict([first])
    _answer("ready")
    for line in sys.stdin:
        request = json.loads(line)
        if "memory" in request:
            _answer(_peak_memory())
            continue
        count = request.get("count") or request["single"]
        sentences = Path(request["file"]).read_text(encoding="utf-8").splitlines()[:count]
        _answer(_timed(predict, [sentences])[0] if "count" in request else _timed(predict, [[s] for s in sentences]))


def _timed(predict: Predict, batches: Sequence[Sequence[str]]) -> list[float]:
    seconds = []
    for batch in batches:
        start = time.perf_counter()
        predict(batch)
        seconds.append(time.perf_counter() - start)
    return seconds


def _peak_memory() -> int:
    """Return the most memory that this process held; its own, where getrusage gives its parent's, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _answer(value: object) -> None:
    print(json.dumps(value), flush=True)


def scores(name: str, folder: Path, sentences: Sequence[str]) -> Floats:
    """Return what a stored peer makes of sentences."""
    return np.asarray(PEERS[name].load(folder)(sentences), dtype=np.float64)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
