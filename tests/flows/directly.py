"""A plan run without Prefect: every stage called, in order, in this process; only spiders have one of their own."""

import asyncio

from flows import stages
from flows.planning.plan import Plan
from flows.sources.crawling import Crawl, crawl
from warehouse.publish import Release


async def crawl_all(plan: Plan) -> dict[str, Crawl]:
    """Return what the sources gave, one after another."""
    return {source: await crawl(source, plan) for source in plan.sources}


def run(plan: Plan) -> Release:
    """Return the published week."""
    stages.collect(plan, asyncio.run(crawl_all(plan)))
    for stage in stages.STAGES.values():
        stage(plan)
    release = stages.publish_week(plan)
    stages.expire(plan)
    return release
