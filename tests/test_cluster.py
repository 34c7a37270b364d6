"""The same job on a Dask cluster."""

from __future__ import annotations

import json
import os
import random
import signal
from pathlib import Path

import pytest
from distributed import LocalCluster

from conftest import ROOT, Run
from model.job import Job, run_job

TEXTS = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests" / "articles").iterdir())]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cluster") / "archive.jsonl"
    choose = random.Random(5)
    paragraphs = [paragraph for text in TEXTS for paragraph in text.split("\n\n")]
    lines = [json.dumps({"id": str(n), "text": "\n\n".join(choose.sample(paragraphs, 8))}) for n in range(6000)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_loses_a_worker_gives_the_output_of_one_machine(archive: Path, tmp_path: Path) -> None:
    alone, together = tmp_path / "alone.parquet", tmp_path / "together.parquet"
    run_job(Job((str(archive),), alone))
    with LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster:
        victims = [worker.pid for worker in cluster.workers.values()]
        done = []

        def track(sentences: int) -> None:
            done.append(sentences)
            if len(done) == 1:
                os.kill(victims[0], signal.SIGKILL)

        run_job(Job((str(archive),), together, dask=cluster.scheduler_address), track)
    assert len(done) > 3
    assert together.read_bytes() == alone.read_bytes()


def test_the_command_starts_a_local_cluster(archive: Path, tmp_path: Path, classify: Run) -> None:
    done = classify("predict", str(archive), "--output", "r.csv", "--dask", "local", "--jobs", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run_job(Job((str(archive),), tmp_path / "alone.csv"))
    assert (tmp_path / "r.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()


def test_an_address_where_nobody_answers_is_one_line(archive: Path, tmp_path: Path, classify: Run) -> None:
    done = classify("predict", str(archive), "--output", "r.csv", "--dask", "tcp://127.0.0.1:1", cwd=tmp_path)
    assert done.returncode == 1
    assert "tcp://127.0.0.1:1: no Dask scheduler answers there" in done.stderr
    assert "Traceback" not in done.stderr
