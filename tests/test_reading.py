"""What `classify-news predict` reads: every input gives articles or a clear error record."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from conftest import Run
from model.articles import find_inputs, read_articles
from model.encoding import decode_text
from model.errors import InputError
from model.records import Article, BadRecord, Reading, Record

TEXT = "Société Générale said it would cut 900 jobs. “It’s hard,” a union said.\n"
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.compress,
}


def read(path: Path, **options: object) -> tuple[list[Record], list[str]]:
    """The records of a file, and what was said aloud."""
    said: list[str] = []
    reading = Reading(say=said.append, **options)  # type: ignore[arg-type]
    return list(read_articles(find_inputs([str(path)]), reading)), said


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_is_read_in_every_encoding_and_compression(tmp_path: Path, encoding: str, compression: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(COMPRESS[compression](TEXT.encode(encoding)))
    records, said = read(file)
    assert records == [Article(str(file), TEXT)]
    assert said == ([f"{file}: not UTF-8, so read as Windows-1252"] if encoding == "cp1252" else [])


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_tables_are_read_by_column_and_the_guess_is_said(tmp_path: Path, ending: str, compression: str) -> None:
    frame = pd.DataFrame({"URL": ["u1", "u2"], "Body": [TEXT, 'a "quoted"\n\nline, ; \t'], "n": [1, 2]})
    file = tmp_path / f"a.{ending}"
    write = {
        "csv": lambda: frame.to_csv(file, index=False),
        "tsv": lambda: frame.to_csv(file, index=False, sep="\t"),
        "jsonl": lambda: frame.to_json(file, orient="records", lines=True),
        "parquet": lambda: frame.to_parquet(file),
    }
    write[ending]()
    file.write_bytes(COMPRESS[compression](file.read_bytes()))
    records, said = read(file)
    assert records == [Article("u1", TEXT), Article("u2", 'a "quoted"\n\nline, ; \t')]
    assert said == [f"{file}: text from column 'Body', ids from 'URL' (--text-column and --id-column change this)"]
    assert read(file, text_column="Body", id_column="n") == ([Article("1", TEXT), Article("2", records[1].text)], [])


def test_html_gives_the_article_without_its_menus(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>The company said it would cut {n} jobs because of weak demand.</p>" for n in range(9))
    menu = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/s'>Subscribe now</a></li></ul></nav>"
    page = f"<!doctype html><html><head><title>Mill to close</title></head><body>{menu}<article><h1>Mill to close</h1>"
    (tmp_path / "a.html").write_text(f"{page}{paragraphs}</article><footer>Cookie policy</footer></body></html>")
    (record,), said = read(tmp_path / "a.html")
    assert isinstance(record, Article)
    assert record.text.startswith("Mill to close")
    assert "would cut 8 jobs" in record.text
    assert "Subscribe" not in record.text
    assert "Cookie" not in record.text
    assert said == []


def test_standard_input_is_told_by_content_or_by_the_columns_named(classify: Run, tmp_path: Path) -> None:
    for options, text in (([], '{"text": "Jobs go."}\n'), (["--text-column", "body"], "id,body\n1,Jobs go.\n")):
        done = classify("predict", "-", *options, "--output", "r.jsonl", cwd=tmp_path, input=text)
        assert done.returncode == 0
        (row,) = map(json.loads, (tmp_path / "r.jsonl").read_text().splitlines())
        assert row["sentence"] == "Jobs go."


def test_bad_lines_are_named_and_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        b'{"text": "one"}\n{"text": 3}\nnot json\n[1]\n\n{"body": "x"}\n{"text": "\\ud800"}\n"\xff\x81"\n'
        b'{"text": "two"}'
    )
    records, _ = read(tmp_path / "a.jsonl")
    assert [r.text for r in records if isinstance(r, Article)] == ["one", "two"]
    bad = [(r.line, r.reason) for r in records if isinstance(r, BadRecord)]
    assert [line for line, _ in bad] == [2, 3, 4, 6, 7, 8]
    for (_, reason), part in zip(
        bad,
        [
            "must be a string, not int",
            "not valid JSON",
            "must be an object",
            "'text' is missing",
            "surrogate",
            "neither",
        ],
        strict=True,
    ):
        assert part in reason


def test_bad_rows_of_csv_are_named_and_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id;text\n1;one\n2\n3;three;more\n4;four\n")
    records, said = read(tmp_path / "a.csv")
    assert [r.id for r in records if isinstance(r, Article)] == ["1", "4"]
    assert [str(r).partition("a.csv:")[2] for r in records if isinstance(r, BadRecord)] == [
        "3: has 1 columns, the header has 2",
        "4: has 3 columns, the header has 2",
    ]
    assert "columns are divided by ';'" in said[0]


def test_long_records_are_set_aside_in_bounded_memory(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a" * 30_000_000)
    (tmp_path / "bomb.txt").write_bytes(bomb)
    (tmp_path / "bomb.jsonl").write_bytes(gzip.compress(b'{"text": "' + b"a" * 3_000_000 + b'"}\n{"text": "b"}\n'))
    (tmp_path / "bomb.csv").write_bytes(gzip.compress(b"text\n" + b"a" * 3_000_000 + b"\nb\n"))
    for name, articles in (("bomb.txt", 0), ("bomb.jsonl", 1), ("bomb.csv", 1)):
        records, _ = read(tmp_path / name, maximum_megabytes=1)
        bad = [r for r in records if isinstance(r, BadRecord)]
        assert [r.reason for r in bad] == ["longer than 1 MB; give --maximum-megabytes to allow more"]
        assert len(records) - len(bad) == articles


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"\0\1\2", "holds NUL bytes"),
        ("a.txt", b"Ca\x81", "byte 2 is neither UTF-8 nor Windows-1252"),
        ("a.txt", gzip.compress(b"a" * 1000)[:-9], "can't be read"),
        ("a.txt", b"\x28\xb5\x2f\xfdnonsense", "can't be read"),
        ("a.txt", b"\xfd7zXZ\0nonsense", "can't be read"),
        ("a.csv", b"", "no header line"),
        ("a.csv", b"a,b,c\n1,2,3\n", "which column holds the text? Give --text-column, one of 'a', 'b', 'c'"),
        ("a.parquet", b"PAR1nonsense", "not readable as Parquet"),
        ("a.html", b"<html><body></body></html>", "no article found"),
        ("a.jsonl", b"[" * 100_000, "not valid JSON"),
        ("a.pdf", b"%PDF-1.4 x", "is a PDF, which isn't read"),
        ("a.docx", b"PK\3\4 x", "is a zip or Word file, which isn't read"),
        ("a.json", b'[{"text": "a"}]', "is one JSON array, which isn't read"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_record(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    (record,), _ = read(tmp_path / name)
    assert isinstance(record, BadRecord)
    assert reason in record.reason


def test_mojibake_is_reported_and_left_as_it_is(tmp_path: Path) -> None:
    garbled = TEXT.encode().decode("cp1252", "replace")
    (tmp_path / "a.txt").write_text(garbled, encoding="utf-8")
    (record,), said = read(tmp_path / "a.txt")
    assert record == Article(str(tmp_path / "a.txt"), garbled)
    assert "looks garbled" in said[0]


def test_folders_patterns_links_and_loops(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "b.txt").write_text("b")
    (tmp_path / "in" / "deep" / "a.md.gz").write_bytes(gzip.compress(b"a"))
    (tmp_path / "in" / "picture.png").write_bytes(b"x")
    (tmp_path / "in" / "deep" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "self.txt").symlink_to(tmp_path / "in" / "self.txt")
    records, _ = read(tmp_path / "in")
    assert sorted(r.text for r in records if isinstance(r, Article)) == ["a", "b"]
    (bad,) = [r for r in records if isinstance(r, BadRecord)]
    assert "self.txt" in bad.file
    assert find_inputs([str(tmp_path / "**" / "*.txt")])[0].endswith("b.txt")
    with pytest.raises(InputError, match="no such file or folder"):
        find_inputs([str(tmp_path / "*.csv")])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_one_clear_record(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "a.txt").chmod(0)
    (record,), _ = read(tmp_path / "a.txt")
    assert "Permission denied" in str(record)


@given(st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_text_or_an_error(data: bytes) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(decode_text(data, lambda _: None), str)


@given(
    ending=st.sampled_from(["txt", "html", "csv", "tsv", "jsonl", "parquet", "txt.gz", "csv.zst"]),
    data=st.binary(max_size=200) | st.text("ab,\"\n{}[]:;text\t<>p/'\\u0", max_size=200).map(str.encode),
)
def test_any_file_gives_articles_or_error_records(
    tmp_path_factory: pytest.TempPathFactory, ending: str, data: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / f"a.{ending}"
    file.write_bytes(data)
    records, _ = read(file, maximum_megabytes=0.0001)
    for record in records:
        assert isinstance(record, Article | BadRecord)
        json.dumps(str(record)).encode()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_quotation_mark_that_is_never_closed_costs_one_record(tmp_path: Path, ending: str) -> None:
    lines = ["id,text", *(f"{n},The mill number {n} will close." for n in range(200))]
    lines[10] = '9,"The mill number 9 will close.'
    lines[150] = '149,"The mill, number 149, will close."'
    file = tmp_path / "a.csv"
    file.write_text(ending.join(lines) + ending, encoding="utf-8", newline="")
    records = read(file)[0]
    bad = [record for record in records if isinstance(record, BadRecord)]
    assert [(record.line, record.reason.split(" opens here")[0]) for record in bad] == [(11, "a quotation mark")]
    ids = [record.id for record in records if isinstance(record, Article)]
    assert ids == [str(n) for n in range(200) if n != 9]


def test_a_quoted_text_of_several_lines_is_one_record(tmp_path: Path) -> None:
    body = "Jobs go, the firm said.\nHowever, sales fell.\nMinisters, it said, knew.\nSo, it ends.\n\nYes."
    file = tmp_path / "a.csv"
    file.write_text(f'id,text\n1,"{body}"\n2,b\n', encoding="utf-8")
    assert [record.text for record in read(file)[0]] == [body, "b"]  # type: ignore[union-attr]
