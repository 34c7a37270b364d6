"""What is compiled gives the answers of what isn't, for every text."""

from __future__ import annotations

import io
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import ROOT, Run
from model import LABELS, Predictor
from model.columns import Columns, Verdicts
from model.formats import Csv, JsonLines, Parquet, rows
from model.labels import CHOICES
from model.prediction import FIELDS
from model.splitting import split_by_rules, split_sentences
from model.summary import sketch, sketches
from training.seeds import load_seeds

_WORDS = """
    The the firm said it Mr Inc Corp U.S p.m a.m No 10 3.5 May Jan Sen J P Ltd plc approx etc e.g St vs Yahoo iPhone
    x I A Zz Sept £2.5bn $3 €4 50% firm's workers' ’s – — … ... Ph.D Calif Okla and However Google January GMT 1 a
    b) (b) ii No. www.x.com a@b.co 公司 é
""".split()
_MARKS = ["", "", "", " .", *""". . . ? ! .” ." .' .) ”. '. ". ’. ). ?” ... ; :""".split()]
_GAPS = [" ", " ", " ", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "\xa0", ", ", "-", "", " \n", "\x0b", "\u2028"]
_OPENINGS = ["", "", "", "“", '"', "'", "‘", "(", "["]
PROSE = st.lists(
    st.tuples(*map(st.sampled_from, (_OPENINGS, _WORDS, _MARKS, _GAPS))).map("".join), min_size=1, max_size=25
).map("".join)
WRAPPED = st.lists(st.sampled_from(_WORDS), min_size=20, max_size=60).map(
    lambda words: "".join(word + ("\n" if n % 11 == 10 else " ") for n, word in enumerate(words))
)
NASTY = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('=+-@,"\r\n\t;\\'), max_size=30)


@given(st.one_of(PROSE, WRAPPED, st.text()))
@example("May be. 3 p.m. Google said so. U.S. officials did. \n\nNo. 7 is “a”. It's May. Do so.")
def test_the_compiled_splitter_cuts_where_the_rules_do(text: str) -> None:
    assert split_sentences(text) == split_by_rules(text)


def seed_articles() -> Iterator[str]:
    """The seed stories, their sentences joined in every way that articles join them."""
    seeds = load_seeds(ROOT / "seeds")
    stories = defaultdict(list)
    for sentence, story in zip(seeds.sentences, seeds.stories, strict=True):
        stories[story].append(sentence)
    choose = random.Random(5)
    for sentences in stories.values():
        gaps = choose.choice([["\n\n"], [" "], ["\n"], ["\n\n", " "], ["\r\n", "  "], [" \n", "\t"], ["\xa0", " "]])
        yield "".join(sentence + choose.choice(gaps) for sentence in sentences)


def test_the_compiled_splitter_cuts_the_seed_stories_where_the_rules_do() -> None:
    different = [text for text in seed_articles() if split_sentences(text) != split_by_rules(text)]
    assert different == []


def columns(texts: list[str], probabilities: np.ndarray) -> Columns:
    holds = probabilities > 0.5
    primary = np.where(holds.any(axis=1), holds.argmax(axis=1), len(LABELS)).astype(np.uint8)
    verdicts = Verdicts(probabilities, holds, holds & False, primary, probabilities.max(axis=1, initial=0) > 0.7)
    half = len(texts) // 2
    return Columns([half, 0, len(texts) - half], texts, [(n, n + 5) for n in range(len(texts))], verdicts, [True] * 3)


@given(st.lists(NASTY, max_size=8), st.lists(NASTY, min_size=3, max_size=3), st.integers(0, 2**32))
def test_rows_are_those_that_the_csv_and_json_modules_write(texts: list[str], ids: list[str], seed: int) -> None:
    draw = np.random.default_rng(seed)
    table = columns(texts, draw.random((len(texts), 4)) ** draw.integers(1, 12))
    keep = draw.random(len(texts)) < 0.8
    for style in (Csv(), JsonLines()):
        assert style.encode_sentences(ids, table, keep) == style.encode(FIELDS, rows(ids, table, keep))
    parts = [Parquet().encode_sentences(ids, table, keep), Parquet().encode(FIELDS, rows(ids, table, keep))]
    one, other = (pd.read_parquet(io.BytesIO(part)) for part in parts)
    pd.testing.assert_frame_equal(one, other)


def test_every_probability_is_written_as_python_writes_it() -> None:
    numbers = np.concatenate([np.arange(0, 2_000), np.arange(2_000, 999_000, 997), np.arange(999_000, 1_000_001)])
    table = columns(["a"] * (len(numbers) // 4), (numbers[: len(numbers) // 4 * 4] / 1_000_000).reshape(-1, 4))
    lines = JsonLines().encode_sentences(["x", "y", "z"], table, np.ones(len(table.texts), dtype=bool)).splitlines()
    written = [line.split(b'"p_' + label.encode() + b'": ')[1] for line in lines for label in LABELS]
    values = [value.split(b",")[0].rstrip(b"}").decode() for value in written]
    assert values == [repr(float(value)) for value in table.verdicts.probabilities.ravel()]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@example([0.0000005, 0.0000015, 0.1234565, 0.4999995, 0.5000005, 0.9999995])
def test_probabilities_are_rounded_as_python_rounds_them(values: list[float]) -> None:
    table = columns(["a"] * len(values), np.array([values] * 4).T)
    assert (table.verdicts.millionths() / 1_000_000)[:, 0].tolist() == [round(value, 6) for value in values]


def test_a_choice_of_labels_has_the_place_that_its_labels_add_up_to() -> None:
    for place, names in enumerate(CHOICES):
        assert place == sum(2 ** LABELS.index(name) for name in names)


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20), max_size=4))
def test_sketches_are_the_smallest_checksums_that_zlib_gives(articles: list[list[str]]) -> None:
    texts = [text for article in articles for text in article]
    table = Columns([len(article) for article in articles], texts, [(0, 0)] * len(texts), None, [])  # type: ignore[arg-type]
    assert sketches(table) == [sketch(article) for article in articles]


def test_the_command_writes_the_same_files_where_nothing_is_compiled(run: Run, tmp_path: Path) -> None:
    texts = [*[f.read_text(encoding="utf-8") for f in sorted((ROOT / "tests" / "articles").iterdir())]] * 2
    lines = [json.dumps({"id": f"a{n}", "text": text}) for n, text in enumerate([*texts, '=1+1, "é"\n\nJobs\x01 go.'])]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    names = ["model._kernel", "model._cutter", "model._rows", "model._sketch"]
    hide = f"import sys; sys.modules.update(dict.fromkeys({names})); "
    for ending in ("csv", "jsonl"):
        for name, before in (("with", ""), ("without", hide)):
            files = ["--output", f"{name}.{ending}", "--articles", f"{name}_a.{ending}"]
            code = f"{before}from model.cli import main; raise SystemExit(main({['predict', 'in.jsonl', *files]}))"
            done = run(sys.executable, "-c", code, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
        for suffix in ("", "_a"):
            found = [(tmp_path / f"{name}{suffix}.{ending}").read_bytes() for name in ("with", "without")]
            assert found[0] == found[1]


@pytest.mark.skipif(not (ROOT / ".." / "shared" / "real_news" / "dev.jsonl").exists(), reason="no real articles here")
def test_the_compiled_splitter_cuts_real_articles_where_the_rules_do(predictor: Predictor) -> None:
    stories = defaultdict(list)
    for line in (ROOT / ".." / "shared" / "real_news" / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        stories[row["story"]].append(row["sentence"])
    for gap in ("\n\n", "\n", " "):
        for sentences in stories.values():
            text = gap.join(sentences)
            assert split_sentences(text) == split_by_rules(text)
            assert [p.sentence for p in predictor.predict_article(text)] == [text[a:b] for a, b in split_by_rules(text)]
