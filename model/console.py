"""What every command of the project shares: one-line errors and exit statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from model.errors import ModelError

__all__ = ["run_command"]

_INTERRUPTED = 130


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
