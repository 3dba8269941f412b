"""A Dask scheduler's address to workers that run tasks of this flow, on this machine or on others."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from prefect.settings import PREFECT_API_URL

from flows.lineage.code import code_sha256, lock_sha256
from warehouse.schema import UserError

Result = TypeVar("Result")

CONNECT_S = 10
WAIT_FOR_WORKERS_S = 60
"""A cluster that is started for the run needs a moment; one without workers after it would never answer."""
_LOOK_S = 1.0


class WorkersUnreachable(Exception):
    """No scheduler answers at the address, or it has no workers."""


class Workers:
    """The workers of one scheduler, while a flow uses them."""

    def __init__(self, runner: Any) -> None:
        """Take the task runner of prefect-dask, connected."""
        self._runner = runner

    async def run(self, task: Any, **parameters: Any) -> Any:
        """Return what the task returned on some worker; cancelled here, it is cancelled there."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        future = self._runner.submit(task, parameters)
        future.wrapped_future.add_done_callback(lambda _: loop.call_soon_threadsafe(done.set))
        try:
            await done.wait()
        except asyncio.CancelledError:
            future.wrapped_future.cancel(asynchronous=False)
            raise
        return await asyncio.to_thread(future.result)


@asynccontextmanager
async def workers(address: str) -> AsyncIterator[Workers]:
    """Give the workers of a scheduler while the block runs.

    Raises: UserError when prefect-dask is not installed, workers could report to no server, or one runs other code;
    WorkersUnreachable.
    """
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise UserError("LABS_TASK_RUNNER: a Dask scheduler needs prefect-dask: install lab-registry[dask]") from None
    if not PREFECT_API_URL.value():
        raise UserError("LABS_TASK_RUNNER: workers report to a Prefect server all of them reach: set PREFECT_API_URL")
    with DaskTaskRunner(address=address, client_kwargs={"timeout": CONNECT_S}) as runner:
        await asyncio.to_thread(_connect, runner, address)
        yield Workers(runner)


def _connect(runner: Any, address: str) -> None:
    """Return when workers of the same code are there: others would read the same pages otherwise."""
    try:
        runner.client.wait_for_workers(1, timeout=WAIT_FOR_WORKERS_S)
    except OSError as error:  # distributed's own TimeoutError is one
        raise WorkersUnreachable(f"LABS_TASK_RUNNER {address}: {' '.join(str(error).split())[:200]}") from error
    here = (code_sha256(), lock_sha256())
    for worker, there in runner.client.run(_lineage).items():
        if there != here:
            raise UserError(
                f"LABS_TASK_RUNNER {address}: worker {worker} runs code {there[0][:12]}, this run {here[0][:12]}; "
                "install the same revision and requirements.lock on every machine"
            )


def _lineage() -> tuple[str, str | None]:
    return code_sha256(), lock_sha256()


async def unless_abandoned(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what the work returns; on a Dask worker stop it once nobody waits for it any more.

    Dask never interrupts a task: a run that is cancelled or killed would leave its spiders asking.

    Raises: asyncio.CancelledError when it was stopped.
    """
    running = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({running}, timeout=_LOOK_S))[0]:
            if _is_abandoned():
                raise asyncio.CancelledError
        return running.result()
    finally:
        if not running.done():
            running.cancel()
            await asyncio.wait({running})


def _is_abandoned() -> bool:
    try:
        from distributed import get_worker
    except ImportError:
        return False
    try:
        worker = get_worker()
    except ValueError:
        return False  # not on a worker: the flow itself is cancelled
    task = worker.state.tasks.get(worker.get_current_task())
    return task is None or task.state == "cancelled"
