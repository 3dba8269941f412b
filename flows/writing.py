"""One writer at a time: a run that finds another one waits for it, as long as it was told to."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator

from prefect import runtime

from flows.settings import Settings
from warehouse.lake import Lake
from warehouse.storage import Storage
from warehouse.storage.lease import only_writer_of
from warehouse.storage.writer import AnotherWriter

logger = logging.getLogger(__name__)

_LOOK_S = 5.0


def writer_wait_s(settings: Settings) -> float:
    """Return how long this run waits for another writer: a scheduled one has time, a person at a terminal asks why."""
    return settings.writer_wait_s if runtime.deployment.id else 0.0


@contextlib.asynccontextmanager
async def sole_writer(storage: Storage, wait_s: float = 0.0) -> AsyncIterator[None]:
    """Hold the warehouse for this run while the block runs, having waited for another writer at most so long.

    What a writer that was killed left half-written is removed first.

    Raises: AnotherWriter naming who holds it.
    """
    until = time.monotonic() + wait_s
    with contextlib.ExitStack() as held:
        is_told = False
        while True:
            try:
                held.enter_context(only_writer_of(storage))
            except AnotherWriter as busy:
                left = until - time.monotonic()
                if left <= 0:
                    raise
                if not is_told:
                    logger.info("%s; this run waits up to %.0f minutes for it", busy, left / 60)
                    is_told = True
                await asyncio.sleep(min(_LOOK_S, left))
            else:
                break
        Lake(storage).clean()
        yield
