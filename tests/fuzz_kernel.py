"""Feed the compiled scorer random models and texts: ``python tests/fuzz_kernel.py BUILD [--seconds N] [--seed N]``.

Builds the extension in the folder BUILD with AddressSanitizer and UndefinedBehaviorSanitizer, starts
itself again under them, and compares every answer with the plain Python of `model.explain`.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from model.explain import Explainer
from model.weights import Block, Weights

SANITIZERS = ("address", "undefined")
LIBRARIES = ("libasan.so", "libubsan.so")
PIECES = (
    *" \t\n.,'-_0123456789",
    *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    *"éÉßçÿ½²µ“”’–…€ΑΣΟΣςσİıǅǈŉẞﬁ\0\x7f\x80\xad\u0307\u200d\u2028\ufeff\ufffd\uffff\ud800\udfff",
    *"\U0001d7d8\U00010400\U0001f600\U0010ffff中字日本語हिन्दी",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return fuzz(options.build, options.seconds, options.seed)
    build(options.build)
    libraries = [subprocess.check_output(["gcc", f"-print-file-name={name}"], text=True).strip() for name in LIBRARIES]
    environment = {
        **os.environ,
        "LD_PRELOAD": " ".join(libraries),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
    }
    return subprocess.run([sys.executable, *sys.argv, "--inside"], env=environment, check=False).returncode


def build(folder: Path) -> None:
    package = folder / "model"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    for source in ("_kernel.pyx", "_tables.pxd", "_text.pxd"):
        shutil.copyfile(Path(__file__).resolve().parent.parent / "model" / source, package / source)
    flags = f"-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize={','.join(SANITIZERS)}"
    command = [sys.executable, "-m", "Cython.Build.Cythonize", "-3", "-i", "-f", "-q", "model/_kernel.pyx"]
    subprocess.run(command, cwd=folder, env={**os.environ, "CFLAGS": flags}, check=True)


def fuzz(folder: Path, seconds: float, seed: int) -> int:
    kernel_class = load(folder)
    choose = random.Random(seed)
    end = time.monotonic() + seconds
    texts = 0
    while time.monotonic() < end:
        weights = some_weights(choose)
        kernel, explainer = kernel_class(weights), Explainer(weights)
        batch = [some_text(choose, weights) for _ in range(choose.randint(0, 40))]
        for text, row in zip(batch, kernel.decision_function(batch), strict=True):
            compare(text, row, explainer)
        texts += len(batch)
    print(f"{texts} texts, all as expected")
    return 0


def load(folder: Path) -> Any:
    (file,) = (folder / "model").glob("_kernel.*.so")
    spec = importlib.util.spec_from_file_location("model._kernel", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Kernel


def some_weights(choose: random.Random) -> Weights:
    words = tuple({word(choose) for _ in range(choose.choice([0, 1, 30, 200]))} - {""})
    length = choose.randint(1, 9)
    prefixes = tuple(dict.fromkeys(each[:length] for each in words))
    return Weights(
        word_list=words,
        prefix_list=prefixes,
        prefix_length=length,
        words=some_block(choose, len(words), 3 * len(words)),
        prefixes=some_block(choose, len(prefixes), 3 * len(prefixes)),
        vocabulary=some_block(choose, len(words), 0),
        intercept=np.arange(4.0),
    )


def some_block(choose: random.Random, tokens: int, pairs: int) -> Block:
    draw = np.random.default_rng(choose.getrandbits(32))
    places = np.unique(draw.integers(0, max(tokens, 1), (pairs, 2)).astype(np.uint32), axis=0)
    idf = draw.uniform(1, 9, tokens) * (draw.random(tokens) < choose.random())
    pair_idf = draw.uniform(1, 9, len(places))
    return Block(idf, draw.normal(size=(tokens, 4)), places, pair_idf, draw.normal(size=(len(places), 4)))


def word(choose: random.Random) -> str:
    letters = "".join(choose.choices(PIECES, k=choose.choice([1, 3, 8, 9, 16, 17, 40])))
    return "".join(character for character in letters.lower() if character.isalnum() or character == "_")


def some_text(choose: random.Random, weights: Weights) -> str:
    parts = []
    for _ in range(choose.choice([0, 1, 3, 20, 100])):
        known = weights.word_list and choose.random() < 0.6
        part = choose.choice(weights.word_list) if known else "".join(choose.choices(PIECES, k=choose.randint(0, 30)))
        parts.append(part.upper() if choose.random() < 0.1 else part)
    return choose.choice(["", " ", "  ", "\ud800"]).join(parts) * choose.choice([1] * 30 + [50])


def compare(text: str, row: np.ndarray[Any, Any], explainer: Explainer) -> None:
    raw = explainer.explain(text)
    if not any(part.contributions for part in raw.values()):
        assert np.isnan(row).all(), ascii(text[:500])
        return
    expected = [part.decision for part in raw.values()]
    assert all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(row, expected, strict=True)), ascii(
        text[:500]
    )


if __name__ == "__main__":
    sys.exit(main())
