"""Label parts in this process or in several; a worker whose parent dies ends itself."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from model.errors import InputError
from model.parts import Part, Plan
from model.predictor import Predictor

__all__ = ["label_parts"]

_AHEAD = 2
_LOOK_SECONDS = 0.5
_predictors: list[Predictor] = []


def label_parts(plan: Plan, parts: Iterable[Part], artifact: str | None, jobs: int) -> Iterator[int]:
    """Label parts and write their files; yield the number of sentences of each part that is done.

    Only a few parts are in memory at a time.

    Raises
    ------
    InputError
        If a worker was killed.
    """
    if jobs == 1:
        predictor = Predictor.load(artifact)
        for part in parts:
            yield plan.keep(part.labelled(plan, predictor))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _start_worker, (artifact, os.getpid())) as pool:
        running: set[Future[int]] = set()
        try:
            for part in parts:
                running.add(pool.submit(_label, plan, part))
                if len(running) >= _AHEAD * jobs:
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in finished)
            for future in running:
                yield future.result()
        except BrokenProcessPool:
            raise InputError("a worker process was killed (out of memory?); add --resume to go on") from None
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _start_worker(artifact: str | None, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _predictors.append(Predictor.load(artifact))
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def _label(plan: Plan, part: Part) -> int:
    return plan.keep(part.labelled(plan, _predictors[0]))
