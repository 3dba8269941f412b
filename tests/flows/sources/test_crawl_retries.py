"""Only a failure that may pass is tried again, and only where sites are asked."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prefect import flow

from flows.planning.plan import Plan, blank
from flows.settings import Settings
from flows.sources import fan_out
from flows.sources.archive import Archive
from flows.sources.crawling import Crawl, failed
from warehouse.weeks import Week

pytestmark = pytest.mark.xdist_group("deployments")


def plan(*, is_replay: bool) -> Plan:
    made = blank(Week(2026, 42), "data", Archive("archive"), datetime(2026, 10, 12, tzinfo=UTC), Settings())
    return replace(made, sources=("maplabbzh",), is_replay=is_replay)


@pytest.mark.parametrize(
    ("answers", "is_replay", "asked", "ends_as"),
    [
        (["timed_out", "timed_out", "timed_out", "never asked"], False, 3, "timed_out"),
        (["unreachable", "robots"], False, 2, "robots"),
        (["schema_changed", "never asked"], False, 1, "schema_changed"),
        (["timed_out", "never asked"], True, 1, "timed_out"),
    ],
)
def test_what_may_pass_is_tried_again(
    server: None, monkeypatch: pytest.MonkeyPatch, *, answers: list[str], is_replay: bool, asked: int, ends_as: str
) -> None:
    calls: list[str] = []

    async def answer(source: str, plan: Plan) -> Crawl:
        calls.append(answers[len(calls)])
        return failed(source, calls[-1], "as the test wants it")

    monkeypatch.setattr(fan_out, "crawl", answer)
    impatient = fan_out.crawl_source.with_options(retry_delay_seconds=0, retry_jitter_factor=0)

    @flow
    async def one_source() -> Crawl:
        return await impatient("maplabbzh", plan(is_replay=is_replay))

    crawled = asyncio.run(one_source())
    assert (len(calls), crawled.state.failure) == (asked, ends_as)
