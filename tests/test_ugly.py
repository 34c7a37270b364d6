"""A folder of two hundred ugly inputs: every file gives articles or a clear error record."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from conftest import Run
from test_reading import COMPRESS

TEXT = "The mill will close with the loss of 90 jobs, the owner said. “Sales fell.”\n\nالمصنع سيغلق. 工厂将关闭。\n"
PAGE = f"<html><head><title>Mill</title></head><body><article>{f'<p>{TEXT * 3}</p>' * 3}</article></body></html>"


def plain() -> dict[str, bytes]:
    frame = pd.DataFrame({"id": ["1", "2", "3"], "text": [TEXT, "", "Jobs go."]})
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    return {
        "a.txt": TEXT.encode(),
        "a.md": TEXT.encode("utf-16"),
        "a.html": PAGE.encode(),
        "a.csv": frame.to_csv(index=False).encode(),
        "a.tsv": frame.to_csv(index=False, sep="\t").encode(),
        "a.jsonl": frame.to_json(orient="records", lines=True).encode(),
        "a.parquet": parquet.getvalue(),
    }


def inputs() -> Iterator[tuple[str, bytes]]:
    choose = random.Random(9)
    for name, content in plain().items():
        for compression, squeeze in COMPRESS.items():
            data = squeeze(content)
            yield f"whole_{compression}_{name}", data
            yield f"half_{compression}_{name}", data[: len(data) // 2]
            for number in range(3):
                place = choose.randrange(len(data))
                yield f"flipped{number}_{compression}_{name}", data[:place] + b"\xff" + data[place + 1 :]
        yield f"empty_{name}", b""
        yield f"nul_{name}", b"\0" * 100
        yield f"noise_{name}", choose.randbytes(300)
        yield f"bomb_{name}.gz", COMPRESS["gz"](b"a" * 4_000_000)
    yield "surrogate.jsonl", b'{"text": "\\udc00"}\n'
    yield "deep.jsonl", b'{"text": ' * 50_000
    yield "types.jsonl", b'{"text": null}\n{"text": ["a"]}\n{"text": 1e999}\n3\n'
    yield "quote.csv", b'id,text\n1,"never closed\n2,b\n3,c\n'
    yield "crlf.csv", b"id,text\r\n1,one\r\n2,two\r\n"
    yield "cr.txt", b"One.\rTwo.\r"
    yield "mixed.jsonl", '{"text": "é"}\n'.encode() + '{"text": "é"}\n'.encode("cp1252")
    yield "controls.txt", bytes(range(1, 32)) + b" jobs go."
    yield "rtl.txt", "\u202eThe mill will close.\u202c سيغلق المصنع.".encode()
    yield "marks.txt", b"\xef\xbb\xbf\xef\xbb\xbfJobs go."
    yield "line.txt", b"jobs " * 150_000


def test_every_ugly_input_gives_articles_or_a_clear_error(classify: Run, tmp_path: Path) -> None:
    folder = tmp_path / "ugly"
    folder.mkdir()
    for name, content in inputs():
        (folder / name).write_bytes(content)
    (folder / "dangling.txt").symlink_to("nowhere")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "round").symlink_to(folder)
    options = ("--output", "r.jsonl", "--articles", "a.jsonl", "--maximum-megabytes", "1")
    done = classify("predict", "ugly", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    articles = [json.loads(line)["article"] for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    lines = (tmp_path / "r.jsonl.errors.jsonl").read_text(encoding="utf-8").splitlines()
    errors = [json.loads(line) for line in lines]
    assert all(error["reason"] for error in errors)
    files = sorted(file for file in folder.iterdir() if file.name != "round")
    assert len(files) > 200
    named = " ".join([*articles, *(error["file"] for error in errors), done.stderr])
    silent = [file.name for file in files if f"ugly/{file.name}" not in named]
    assert silent == []
