"""``classify-news serve``: start the service."""

from __future__ import annotations

import argparse
import ipaddress
import os
import signal
import socket
import sys
import tempfile
from dataclasses import asdict, replace

from model.corrections import check_corrections
from model.errors import InputError
from model.service.settings import SETTINGS_VARIABLE, TOKEN_VARIABLE, ServiceSettings

__all__ = ["serve"]

_SHORTEST_TOKEN = 16
_BACKLOG = 2048
_MOST_CONNECTIONS = 1000


def serve(options: argparse.Namespace) -> int:
    """Serve until told to stop; return the exit status.

    Raises
    ------
    InputError
        If the service would be open to others without a token, or the address can't be bound.
    """
    settings = _settings(options)
    bound = _bind(options.host, options.port)
    os.environ[SETTINGS_VARIABLE] = settings.text()
    # uvicorn finishes what runs, and then raises the signal again.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="classify-news-") as folder:
        if options.workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        _run(settings, bound, options.workers)
    return 0


def _settings(options: argparse.Namespace) -> ServiceSettings:
    token = os.environ.get(TOKEN_VARIABLE) or None
    if token is None and not _is_loopback(options.host):
        raise InputError(
            f"--host {options.host}: others can reach this address; set {TOKEN_VARIABLE} to a secret of "
            f"{_SHORTEST_TOKEN} or more characters, which clients then send, or use 127.0.0.1"
        )
    if token is not None and (len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
        raise InputError(f"{TOKEN_VARIABLE}: must be {_SHORTEST_TOKEN} or more printable ASCII characters")
    corrections = options.corrections
    if corrections is not None:
        check_corrections(corrections)
    defaults = ServiceSettings()
    given = {name: value for name, value in vars(options).items() if name in asdict(defaults) and value is not None}
    return replace(
        defaults,
        **given
        | {
            "corrections": str(corrections.absolute()) if corrections else None,
            "hosts": (*defaults.hosts, options.host),
            "access_log": not options.no_access_log,
            "token": token,
        },
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _bind(host: str, port: int) -> socket.socket:
    name = host.strip("[]")
    bound = socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((name, port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise InputError(f"{host}:{port}: can't be served on ({error.strerror}); choose another --port") from None
    bound.set_inheritable(True)
    return bound


def _run(settings: ServiceSettings, bound: socket.socket, workers: int) -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from model.predictor import Predictor
    from model.service.app import create_app

    if workers > 1:
        Predictor.load(settings.artifact)  # a model that can't be loaded is said here, and once
    config = uvicorn.Config(
        "model.service.app:from_environment" if workers > 1 else create_app(settings),
        factory=workers > 1,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=int(settings.seconds) + 1,
    )
    host, port = bound.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    said = f"classify-news: serving on http://{shown}:{port}"
    if workers > 1:
        print(said, file=sys.stderr, flush=True)
        Multiprocess(config, [bound]).run()
        return

    class Server(uvicorn.Server):
        """A server that says when it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(said, file=sys.stderr, flush=True)

    Server(config).run([bound])
