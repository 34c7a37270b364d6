"""Label parts on a Dask cluster (extra `dask`).

Parts travel to the workers and their files' content comes back, so that workers need no common disk,
and everything else (what is kept, how a run goes on, what the output is) is as on one machine. A part
whose worker is lost is labelled again by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import islice
from typing import Any

from model.errors import InputError
from model.parts import Labelled, Part, Plan
from model.predictor import Predictor

__all__ = ["label_parts_on_dask"]

_AHEAD = 4
_RETRIES = 3
_TIMEOUT = "10s"


def label_parts_on_dask(
    plan: Plan, parts: Iterable[Part], artifact: str | None, address: str, jobs: int
) -> Iterator[int]:
    """Label parts on a cluster and write their files; yield the number of sentences of each part that is done.

    Parameters
    ----------
    plan, parts, artifact
        As for `model.workers.label_parts`; the model folder must be found by every worker under this name.
    address
        The scheduler's, or ``local`` for a cluster of `jobs` processes on this machine.
    jobs
        Number of processes of a local cluster.

    Raises
    ------
    InputError
        If Dask isn't installed, or there is no scheduler at the address.
    """
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise InputError("--dask needs a package that is missing; run pip install '.[dask]'") from None
    waiting = iter(parts)
    with ExitStack() as stack:
        if address == "local":
            cluster = LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None)
            address = stack.enter_context(cluster).scheduler_address
        try:
            client = stack.enter_context(Client(address, timeout=_TIMEOUT))
        except (OSError, ValueError) as error:
            raise InputError(f"{address}: no Dask scheduler answers there ({error})") from None

        def submit(part: Part) -> Any:
            return client.submit(_label, plan, part, artifact, pure=False, retries=_RETRIES)

        ahead = max(1, len(client.scheduler_info()["workers"])) * _AHEAD
        running = as_completed([submit(part) for part in islice(waiting, ahead)])
        for future in running:
            yield plan.keep(future.result())
            future.release()
            for part in islice(waiting, 1):
                running.add(submit(part))


def _label(plan: Plan, part: Part, artifact: str | None) -> Labelled:
    return part.labelled(plan, _predictor(artifact))


@lru_cache(maxsize=1)
def _predictor(artifact: str | None) -> Predictor:
    return Predictor.load(artifact)
