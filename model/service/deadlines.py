"""Cancel requests that take too long: one look at all of them now and then, instead of a timer for each."""

from __future__ import annotations

import asyncio
import time
from typing import Any

__all__ = ["Deadlines"]

_LOOK_SECONDS = 0.05

Task = asyncio.Task[Any]


class Deadlines:
    """When each running task must have ended; those that haven't are cancelled within a twentieth of a second."""

    def __init__(self) -> None:
        self._due: dict[Task, float] = {}
        self._late: set[Task] = set()
        self._watch: Task | None = None

    def begin(self, seconds: float) -> Task:
        """Give the current task this long from now, whatever it had before; return it."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - called by a request, which is a task
        self._due[task] = time.monotonic() + seconds
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look())
        return task

    def is_late(self, task: Task) -> bool:
        """Tell, once, whether a task was cancelled because its time was over; it may then go on."""
        if task not in self._late:
            return False
        self._late.discard(task)
        task.uncancel()
        return True

    def end(self, task: Task) -> None:
        """Forget a task."""
        self._due.pop(task, None)
        self._late.discard(task)

    async def _look(self) -> None:
        while self._due:
            now = time.monotonic()
            for task in [task for task, due in self._due.items() if due < now]:
                del self._due[task]
                self._late.add(task)
                task.cancel()
            await asyncio.sleep(_LOOK_SECONDS)
