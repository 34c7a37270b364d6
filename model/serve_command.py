"""The options of ``classify-news serve``; what it does is in `model.service.command`."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from model.errors import InputError

__all__ = ["add_serve_options", "serve_command"]

_PACKAGES = ("fastapi", "uvicorn", "prometheus_client")


def add_serve_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: 127.0.0.1)")
    parser.add_argument("--port", type=_port, default=8765, help="default: 8765; 0 for any that is free")
    parser.add_argument("--workers", type=_whole, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("--corrections", type=Path, metavar="FILE", help="take corrections, and add them to this file")
    limits = parser.add_argument_group("limits, each with its own answer")
    limits.add_argument("--maximum-megabytes", type=_above_zero, metavar="MB", help="largest body (default: 2; 413)")
    limits.add_argument("--maximum-sentences", type=_whole, metavar="N", help="of a request (default: 5000; 422)")
    limits.add_argument("--maximum-characters", type=_whole, metavar="N", help="of a sentence (default: 20000; 422)")
    limits.add_argument("--concurrent", type=_whole, metavar="N", help="requests at once, a process (default: 32; 429)")
    limits.add_argument("--seconds", type=_above_zero, metavar="S", help="to work on a request (default: 30; 503)")
    limits.add_argument("--upload-seconds", type=_above_zero, metavar="S", help="to send a body (default: 15; 408)")
    parser.add_argument("--no-access-log", action="store_true", help="no line a request on stderr")


def serve_command(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    if missing := [name for name in _PACKAGES if find_spec(name) is None]:
        raise InputError(f"serve needs packages that are missing ({missing[0]}); run pip install '.[serve]'")
    from model.service.command import serve

    return serve(options)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004 - the highest port
        raise argparse.ArgumentTypeError(f"{text!r} isn't a port, 0 to 65535")
    return int(text)


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a whole number above 0")
    return int(text)


def _above_zero(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:  # noqa: PLR2004 - more means no limit
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number above 0")
    return number
