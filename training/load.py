"""What the service serves: ``python -m training.load`` (needs wrk, from Debian's package, and the extra `serve`).

The client is wrk. In each round it asks, one after the other, the service, an endpoint of FastAPI that
reads the body and answers nothing, and a bare ASGI application that does the same; all of them run in
uvicorn with as many processes as there are cores. A longer run of the service alone shows whether its
memory stays as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from model.console import run_command
from model.errors import InputError
from training.benchmark_table import write_figures
from training.progress import Steps

__all__ = ["load", "load_table", "main"]

_NAME = "training.load"
_CONNECTIONS = 16
_PORT = 8790
_SENTENCE = "The company said it would cut about 600 jobs at its plant in Ohio as part of a restructuring."
_BODIES = {"one sentence": 1, "ten sentences": 10}
_EMPTY = """
from fastapi import FastAPI, Request

async def bare(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})

fast = FastAPI()

@fast.post("/v1/sentences")
async def empty(request: Request):
    await request.body()
    return {}
"""
_SERVED = {"the service": None, "empty FastAPI endpoint": "empty:fast", "bare ASGI application": "empty:bare"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--seconds", type=int, default=6, help="of each measurement (default: 6)")
    parser.add_argument("--minutes", type=float, default=10, help="of the long run (default: 10)")
    parser.add_argument("--output", type=Path, default=Path("artifacts/benchmark"), metavar="DIR")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    if shutil.which("wrk") is None:
        raise InputError("the client wrk is missing; run apt-get install wrk")
    figures = load(options.rounds, options.seconds, options.minutes)
    write_figures(options.output, "load.json", figures, "load.md", load_table(figures))


def load(rounds: int, seconds: int, minutes: float) -> dict[str, Any]:
    """Measure; return requests a second and latency of each round, and the memory of the long run.

    Raises
    ------
    InputError
        If a server doesn't start or a request fails.
    """
    steps, cores = Steps(), os.cpu_count() or 1
    found: dict[str, dict[str, list[dict[str, float]]]] = {}
    with tempfile.TemporaryDirectory() as name, _servers(Path(name), cores) as urls:
        for body, count in _BODIES.items():
            script = _script(Path(name), count)
            found[body] = {served: [] for served in urls}
            for number in range(rounds):
                steps.say(f"{body}, round {number + 1}")
                for served, url in urls.items():
                    found[body][served].append(_asked(url, script, seconds))
        steps.say(f"{minutes:g} minutes")
        long = _long_run(urls["the service"], _script(Path(name), 10), minutes)
    return {"cores": cores, "connections": _CONNECTIONS, "rounds": found, "long": long}


def load_table(figures: dict[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    rows = ["| body | served | requests/s | share | p50 | p99 |", "| --- | --- | --- | --- | --- | --- |"]
    for body, served in figures["rounds"].items():
        own = [each["rate"] for each in served["the service"]]
        for name, found in served.items():
            rate, p50, p99 = (statistics.median(each[key] for each in found) for key in ("rate", "p50", "p99"))
            share = statistics.median(a / each["rate"] for a, each in zip(own, found, strict=True))
            rows.append(f"| {body} | {name} | {rate:,.0f} | {share:.0%} | {p50:.2f} ms | {p99:.2f} ms |")
    long = figures["long"]
    start, end = (f"{long[key]:.0f} MB" for key in ("start", "end"))
    facts = (
        f"{figures['connections']} connections; {figures['cores']} processes on as many cores, shared with the client.",
        "Share: what the service does of that row, the median over the rounds. In a run of",
        f"{long['minutes']:g} minutes the service answered {long['requests']:,} requests of ten sentences without an",
        f"error; its processes held {start} after a tenth of that time and {end} at the end.",
    )
    return "\n".join([*rows, "", *facts, ""])


@contextmanager
def _servers(folder: Path, cores: int) -> Iterator[dict[str, str]]:
    """Start all servers; yield where each answers."""
    (folder / "empty.py").write_text(_EMPTY, encoding="utf-8")
    processes, urls = [], {}
    try:
        for number, (name, application) in enumerate(_SERVED.items()):
            port, workers = str(_PORT + number), ("--workers", str(cores))
            command = [sys.executable, "-m", "model.cli", "serve", "--port", port, *workers]
            if application:
                quiet = ("--log-level", "warning", "--no-access-log")
                command = [sys.executable, "-m", "uvicorn", application, "--port", port, *workers, *quiet]
            directory = folder if application else Path.cwd()
            processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=directory))
            urls[name] = f"http://127.0.0.1:{port}/v1/sentences"
        time.sleep(5)
        yield urls
    finally:
        for process in processes:
            process.terminate()
            process.wait(30)


def _script(folder: Path, sentences: int) -> Path:
    """Write what wrk is to send."""
    body = json.dumps({"sentences": [_SENTENCE] * sentences})
    file = folder / f"{sentences}.lua"
    lines = ["wrk.method = 'POST'", "wrk.headers['Content-Type'] = 'application/json'", f"wrk.body = [[{body}]]", ""]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _asked(url: str, script: Path, seconds: float) -> dict[str, float]:
    """Let wrk ask for some seconds; return requests a second, their number, and latency in milliseconds."""
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds:.0f}s", "--latency", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    rate, total = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"(\d+) requests in", said)
    if not rate or not total or "Non-2xx" in said or "Socket errors" in said:
        raise InputError(f"{url}: wrk couldn't measure it: {' '.join(said.split())}")
    latency = {f"p{share}": _milliseconds(said, share) for share in (50, 99)}
    return {"rate": float(rate[1]), "requests": int(total[1]), **latency}


def _milliseconds(said: str, share: int) -> float:
    found = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)\b", said)
    return float(found[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[found[2]] if found else float("nan")


def _long_run(url: str, script: Path, minutes: float) -> dict[str, float]:
    """Ask for minutes, in ten turns; return the number of requests and the memory after the first and the last."""
    import psutil

    port = int(url.rpartition(":")[2].partition("/")[0])
    memory, requests = [], 0.0
    for _ in range(10):
        requests += _asked(url, script, max(1.0, minutes * 6))["requests"]
        total = 0
        for process in psutil.process_iter(["cmdline"]):
            with suppress(psutil.Error):
                if str(port) in (process.info["cmdline"] or []):
                    family = [process, *process.children(recursive=True)]
                    total += sum(each.memory_full_info().uss for each in family)
        memory.append(total / 1e6)
    return {"minutes": minutes, "requests": int(requests), "start": memory[0], "end": memory[-1]}


if __name__ == "__main__":
    sys.exit(main())
