"""What every command of the project shares: one-line errors and exit statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from model.errors import ModelError

__all__ = ["counted", "run_command"]

_INTERRUPTED = 130


def counted(number: int, thing: str) -> str:
    """Return a number with the thing it counts.

    >>> counted(1, "row"), counted(2, "near-copy")
    ('1 row', '2 near-copies')
    """
    many = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number} {thing if number == 1 else many}"


def run_command(name: str, command: Callable[[], int | None]) -> int:
    """Run a command and return its exit status.

    That is what it returns (None: 0), 1 with one line on stderr for an error, or 130 if interrupted.
    """
    try:
        status = command()
        sys.stdout.flush()
    except ModelError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return _INTERRUPTED
    return status or 0
