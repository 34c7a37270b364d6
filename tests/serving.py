"""Start the service as a process of its own, for the tests."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from conftest import ROOT

COMMAND = str(Path(sys.executable).parent / "classify-news")


@dataclass
class Service:
    """A running service: where it is, and what it has said on stderr."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def stop(self) -> int:
        """Ask it to stop, as a service manager does; return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def serving(
    *options: str, environment: dict[str, str] | None = None, folder: Path = ROOT, port: int = 0
) -> Iterator[Service]:
    """Start ``classify-news serve``, on a free port if none is given, and stop it at the end."""
    process = subprocess.Popen(
        [COMMAND, "serve", "--port", str(port), *options],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    assert process.stderr
    first = process.stderr.readline()
    found = re.search(r"serving on (http://\S+)", first)
    if not found:
        process.kill()
        raise AssertionError(first + process.stderr.read())
    service = Service(found[1], process)
    reader = threading.Thread(target=service.said.extend, args=(process.stderr,), daemon=True)
    reader.start()
    try:
        yield service
    finally:
        if process.poll() is None:
            service.stop()
        reader.join(5)
        process.stderr.close()


def post(service: Service, path: str, content: Any, **options: Any) -> httpx.Response:
    """Send JSON to a service."""
    return httpx.post(service.url + path, json=content, timeout=60, **options)
