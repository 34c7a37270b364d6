"""Batch prediction: every output whole or not there, and a run that goes on where it stopped."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from conftest import ROOT, Run
from model import LABELS, Predictor, SentenceTypeError
from model.batch import classify_articles, classify_frame
from model.prediction import FIELDS
from model.summary import ARTICLE_FIELDS

COMMAND = str(Path(sys.executable).parent / "classify-news")
TEXTS = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests" / "articles").iterdir())]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Several parts of articles, with bad records among them."""
    file = tmp_path_factory.mktemp("archive") / "archive.jsonl"
    choose = random.Random(3)
    with file.open("w", encoding="utf-8") as out:
        for number in range(4500):
            text = "\n\n".join(choose.sample([p for text in TEXTS for p in text.split("\n\n")], 6))
            out.write(json.dumps({"id": f"n{number}", "text": f"Item {number}.\n\n{text}"}) + "\n")
            if number % 1500 == 5:
                out.write("not json\n")
    return file


def test_the_library_labels_a_stream_as_the_predictor_does(predictor: Predictor) -> None:
    found = list(classify_articles((str(n), text) for n, text in enumerate(TEXTS * 40)))
    assert [article.id for article in found] == [str(n) for n in range(len(TEXTS) * 40)]
    for article, text in zip(found, TEXTS * 40, strict=True):
        if int(article.id) < len(TEXTS):
            assert article.predictions == predictor.predict_article(text)


def test_a_frame_of_articles_gives_the_rows_of_the_command(classify: Run, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": range(len(TEXTS)), "text": TEXTS})
    frame.to_parquet(tmp_path / "in.parquet")
    classify("predict", "in.parquet", "--output", "r.jsonl", cwd=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()]
    assert classify_frame(frame).to_dict("records") == rows


def test_csv_jsonl_and_parquet_hold_the_same_rows(classify: Run, tmp_path: Path) -> None:
    for ending in ("csv", "jsonl", "parquet"):
        done = classify("predict", str(ROOT / "tests" / "articles"), "--output", str(tmp_path / f"r.{ending}"))
        assert done.returncode == 0, done.stderr
    lines = (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    frame = pd.read_parquet(tmp_path / "r.parquet")
    assert list(frame.columns) == list(FIELDS)
    frame["labels"] = frame["labels"].map(list)
    assert frame.to_dict("records") == rows
    table = pd.read_csv(tmp_path / "r.csv")
    assert (table["p_cause"] == frame["p_cause"]).all()
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["r.csv", "r.jsonl", "r.parquet"]


def test_one_row_an_article_with_counts_and_strongest_sentences(classify: Run, tmp_path: Path) -> None:
    articles = ROOT / "tests" / "articles"
    classify("predict", str(articles), "--output", str(tmp_path / "r.jsonl"), "--articles", str(tmp_path / "a.jsonl"))
    sentences = pd.read_json(tmp_path / "r.jsonl", lines=True)
    found = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [list(row) for row in found] == [list(ARTICLE_FIELDS)] * len(TEXTS)
    for row in found:
        own = sentences[sentences["article"] == row["article"]]
        assert row["sentences"] == len(own)
        assert row["share_undecided"] == round(float((~own["decided"]).mean()), 4)
        for label in LABELS:
            held = own[own["labels"].map(lambda names, label=label: label in names)]
            assert row[f"n_{label}"] == len(held)
            strongest = held.sort_values(f"p_{label}", ascending=False)["sentence"].tolist()
            assert row[f"strongest_{label}"] == (strongest[0] if strongest else None)


def test_near_copies_are_marked_with_the_first_ones_id(classify: Run, tmp_path: Path) -> None:
    other = TEXTS[0].replace("1,100", "1,200", 1) + "\n\nReporting by two agencies."
    records = [{"id": "a", "text": TEXTS[0]}, {"id": "b", "text": TEXTS[1]}, {"id": "c", "text": other}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    done = classify("predict", "in.jsonl", "--articles", "a.csv", cwd=tmp_path)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert [row["copy_of"] for row in csv.DictReader(file)] == ["", "", "a"]
    assert "1 near-copy of earlier articles" in done.stderr


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], "all"),
        (["--only", "layoff,cause"], "layoff cause"),
        (["--minimum-probability", "0.9"], "sure"),
        (["--only", "investment", "--include-none"], "investment none"),
    ],
)
def test_filters_choose_rows(classify: Run, tmp_path: Path, options: list[str], expected: str) -> None:
    articles = str(ROOT / "tests" / "articles")
    classify("predict", articles, "--output", str(tmp_path / "all.jsonl"))
    classify("predict", articles, "--output", str(tmp_path / "some.jsonl"), *options)
    every = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    some = [json.loads(line) for line in (tmp_path / "some.jsonl").read_text(encoding="utf-8").splitlines()]
    keep = {
        "all": lambda _: True,
        "layoff cause": lambda row: {"layoff", "cause"} & set(row["labels"]),
        "sure": lambda row: any(row[f"p_{label}"] >= 0.9 for label in row["labels"]),
        "investment none": lambda row: "investment" in row["labels"] or not row["labels"],
    }[expected]
    assert some == [row for row in every if keep(row)]
    assert some


def test_formulas_are_defused_in_csv_and_kept_in_jsonl(classify: Run, tmp_path: Path) -> None:
    text = '=HYPERLINK("http://x")\n\n+1 jobs\n\n-2 jobs\n\n@SUM\n'
    classify("predict", "-", "--output", "r.csv", cwd=tmp_path, input=text)
    classify("predict", "-", "--output", "r.jsonl", cwd=tmp_path, input=text)
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["sentence"][0] == "'" and not row["p_cause"].startswith("'") for row in rows)
    raw = [json.loads(line)["sentence"] for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert [row["sentence"][1:] for row in rows] == raw


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_bad_records_are_listed_counted_and_stop_nothing(
    classify: Run, archive: Path, tmp_path: Path, jobs: str
) -> None:
    done = classify("predict", str(archive), "--output", "r.jsonl", "--jobs", jobs, cwd=tmp_path)
    assert done.returncode == 0
    assert "; 3 bad records, see r.jsonl.errors.jsonl (first: " in done.stderr.splitlines()[-1]
    errors = [json.loads(line) for line in (tmp_path / "r.jsonl.errors.jsonl").read_text().splitlines()]
    assert [(error["file"], error["line"]) for error in errors] == [(str(archive), n) for n in (7, 1508, 3009)]
    assert classify("predict", str(archive), "--output", "r.jsonl", "--strict", cwd=tmp_path).returncode == 3
    classify("predict", "-", "--output", "r.jsonl", cwd=tmp_path, input="Jobs go.")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r.jsonl"]


def start(folder: Path, archive: Path, ending: str, *options: str) -> subprocess.Popen[bytes]:
    command = [COMMAND, "predict", str(archive), "--output", f"r.{ending}", "--articles", f"a.{ending}", *options]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, start_new_session=True)


def finish(process: subprocess.Popen[bytes]) -> int:
    process.communicate()
    return process.returncode


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_killed_at_any_point_a_run_ends_in_the_same_bytes(archive: Path, tmp_path: Path, ending: str) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    begin = time.monotonic()
    assert finish(start(whole, archive, ending)) == 0
    seconds = time.monotonic() - begin
    choose, kills = random.Random(ending), 0
    while kills < int(os.environ.get("KILLS", "3")):
        process = start(killed, archive, ending, "--resume", "--jobs", str(1 + kills % 2))
        time.sleep(choose.uniform(0.1, 0.7) * seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += process.returncode != 0
        for file in killed.glob("[ar].*"):
            if file.is_file():
                assert file.read_bytes() == (whole / file.name).read_bytes()
        if process.returncode == 0:
            assert outputs(killed) == outputs(whole)
            for file in killed.iterdir():
                file.unlink()
    assert finish(start(killed, archive, ending, "--resume")) == 0
    assert outputs(killed) == outputs(whole)


def outputs(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_part_that_a_power_cut_damaged_is_done_again(archive: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    assert finish(start(whole, archive, "csv")) == 0
    process = start(cut, archive, "csv")
    partial = cut / "r.csv.partial"
    while len(list(partial.glob("0*.json"))) < 3:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    (partial / "00000000.rows").write_bytes(b"")
    with (partial / "00000001.rows").open("r+b") as file:
        file.seek(100)
        file.write(b"\0" * 50)
    (partial / "00000002.json").write_bytes(b'{"digest": "')
    assert finish(start(cut, archive, "csv", "--resume")) == 0
    assert outputs(cut) == outputs(whole)


def test_ctrl_c_keeps_what_is_done_and_resume_does_not_do_it_again(archive: Path, tmp_path: Path) -> None:
    process = start(tmp_path, archive, "csv", "--jobs", "2")
    partial = tmp_path / "r.csv.partial"
    while len(list(partial.glob("0*.json"))) < 2:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors.decode().splitlines()[-1] == "classify-news: interrupted"
    assert "Traceback" not in errors.decode()
    assert not (tmp_path / "r.csv").exists()
    kept = {file.name: file.stat().st_mtime_ns for file in partial.glob("0*.json")}
    second = start(tmp_path, archive, "csv", "--resume")
    while second.poll() is None and partial.exists():
        for name, stamp in kept.items():
            try:
                assert (partial / name).stat().st_mtime_ns == stamp
            except FileNotFoundError:
                break
        time.sleep(0.05)
    assert finish(second) == 0


@pytest.mark.parametrize("change", ["input", "filter", "model"])
def test_a_changed_job_is_not_resumed_and_the_reason_is_named(
    classify: Run, archive: Path, small_model: Path, tmp_path: Path, change: str
) -> None:
    copy = tmp_path / "archive.jsonl"
    copy.write_bytes(archive.read_bytes())
    process = start(tmp_path, copy, "csv")
    while not list((tmp_path / "r.csv.partial").glob("0*.json")):
        time.sleep(0.005)
    process.kill()
    process.communicate()
    command = ["predict", str(copy), "--output", "r.csv", "--articles", "a.csv"]
    without = classify(*command, cwd=tmp_path)
    assert without.returncode == 1
    assert "holds an unfinished run; add --resume" in without.stderr
    options = {"input": [], "filter": ["--only", "cause"], "model": ["--artifact", str(small_model)]}[change]
    if change == "input":
        copy.write_text(copy.read_text() + '{"id": "new", "text": "New."}\n')
    done = classify(*command, "--resume", *options, cwd=tmp_path)
    assert done.returncode == 1
    assert f"can't be resumed, the {change} changed since it was begun" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_two_runs_to_one_output_are_refused(classify: Run, archive: Path, tmp_path: Path) -> None:
    first = start(tmp_path, archive, "csv")
    while not list((tmp_path / "r.csv.partial").glob("0*.json")):
        time.sleep(0.005)
    first.send_signal(signal.SIGSTOP)
    second = classify("predict", str(archive), "--output", "r.csv", "--resume", cwd=tmp_path)
    assert second.returncode == 1
    assert "another run is writing it" in second.stderr
    first.send_signal(signal.SIGCONT)
    assert finish(first) == 0


def test_a_full_disk_is_one_line_and_the_run_goes_on_later(archive: Path, tmp_path: Path) -> None:
    limit = f"ulimit -f 120; exec {COMMAND} predict {archive} --output r.csv --quiet"
    done = subprocess.run(["bash", "-c", limit], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "can't be written (File too large)" in done.stderr
    assert "--resume" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "r.csv").exists()
    command = [COMMAND, "predict", str(archive), "--output", "r.csv", "--resume", "--quiet"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_an_output_never_takes_the_place_of_an_input_or_of_another_output(classify: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nJobs go.\n")
    done = classify("predict", "a.csv", "--output", "a.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "a.csv: would be overwritten by the output" in done.stderr
    done = classify("predict", "a.csv", "--output", "b.csv", "--articles", "b.csv", cwd=tmp_path)
    assert "b.csv: named for two outputs" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_gives_the_same_rows_when_the_output_lies_in_it(classify: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Jobs go. The mill will close.")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "b.txt").write_text("Jobs go.")
    for _ in range(2):
        classify("predict", ".", "--output", "r.csv", "--articles", "s.csv", cwd=tmp_path)
        assert len((tmp_path / "r.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize("wrong", ["text", ("a", 3), {"a": "b"}, ("a",)])
def test_the_library_says_what_it_wants(wrong: object, predictor: Predictor) -> None:
    with pytest.raises(SentenceTypeError, match=r"give articles or pairs \(id, text\) of strings"):
        next(classify_articles([wrong], predictor))  # type: ignore[list-item]


def test_nothing_is_said_but_the_last_line_where_no_terminal_is(classify: Run, tmp_path: Path) -> None:
    done = classify("predict", "-", "--output", "r.csv", cwd=tmp_path, input=TEXTS[0])
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_the_report_shows_hostile_text_as_text_and_asks_nothing_of_the_network(classify: Run, tmp_path: Path) -> None:
    text = '<script>alert(1)</script> The plant will close with the loss of 300 "jobs" & more.'
    classify("predict", "-", "--html", "h.html", cwd=tmp_path, input=text)
    page = (tmp_path / "h.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page
