"""The sources of a week to what each of them gave, crawled side by side: by this machine or by Dask workers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from prefect import runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from crawlers.guards.failures import FAILURES
from flows.planning.plan import Plan
from flows.settings import LOCAL
from flows.sources.crawling import Crawl, crawl
from flows.sources.workers import unless_abandoned, workers

CRAWL_RETRIES = 2
CRAWL_RETRY_WAIT_S = 120
"""The first wait, doubled for the second: the spider itself has already waited for single pages."""
RETRYABLE = {str(failure) for failure, known in FAILURES.items() if known.is_retryable}


class PassingFailure(Exception):
    """A source failed in a way that may pass: worth another attempt."""


@task(
    name="crawl",
    task_run_name="crawl {source}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=CRAWL_RETRIES,
    retry_delay_seconds=exponential_backoff(CRAWL_RETRY_WAIT_S),
    retry_jitter_factor=0.5,
    # The engine hands over a state whose data is the exception itself; its result() would have to be awaited.
    retry_condition_fn=lambda _task, _run, state: isinstance(state.data, PassingFailure),
)
async def crawl_source(source: str, plan: Plan) -> Crawl:
    """Return what one source gave; its failure is a state, so this task fails only to be tried again, or by a bug.

    Only what may pass is tried again, and only where sites are asked: a replay would answer the same.
    """
    crawled = await unless_abandoned(crawl(source, plan))
    state = crawled.state
    if state.failure in RETRYABLE and plan.is_live and runtime.task_run.run_count <= CRAWL_RETRIES:
        raise PassingFailure(f"{source}: {state.failure}: {state.evidence}")
    return crawled


async def crawl_sources(
    plan: Plan, sources: Sequence[str], began: Callable[[str], None], ended: Callable[[Crawl], None]
) -> dict[str, Crawl]:
    """Return what each of the sources gave, in their order; `began` and `ended` are told as it happens.

    Raises: UserError, WorkersUnreachable.
    """

    async def asked(source: str, answer: Awaitable[Crawl]) -> Crawl:
        began(source)
        crawled = await answer
        ended(crawled)
        return crawled

    if plan.task_runner == LOCAL:
        at_once = asyncio.Semaphore(plan.crawls_at_once)

        async def here(source: str) -> Crawl:
            async with at_once:
                return await asked(source, crawl_source(source, plan))

        return await _each(sources, here)
    async with workers(plan.task_runner) as cluster:

        async def there(source: str) -> Crawl:
            return await asked(source, cluster.run(crawl_source, source=source, plan=plan))

        return await _each(sources, there)


async def _each(sources: Sequence[str], crawled: Callable[[str], Awaitable[Crawl]]) -> dict[str, Crawl]:
    asked = [asyncio.ensure_future(crawled(source)) for source in sources]
    try:
        return dict(zip(sources, await asyncio.gather(*asked), strict=True))
    finally:
        for one in asked:
            one.cancel()  # the others, when one of them failed by a bug or by misuse
        await asyncio.gather(*asked, return_exceptions=True)
