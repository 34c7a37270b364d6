"""Progress on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

__all__ = ["Steps"]

T = TypeVar("T")


class Steps:
    """Says what a long command is doing."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    def say(self, message: str) -> None:
        """Print one line."""
        self._console.print(message, markup=False)

    def track(self, name: str) -> Callable[[Iterable[T], int], Iterable[T]]:
        """Return a wrapper that shows how far the loop over its first argument is."""

        def wrapped(items: Iterable[T], count: int) -> Iterator[T]:
            if not self._console.is_terminal:
                for number, item in enumerate(items, 1):
                    self.say(f"{name} {number}/{count}")
                    yield item
                return
            with Progress(console=self._console, transient=True) as bar:
                yield from bar.track(items, total=count, description=name)

        return wrapped
