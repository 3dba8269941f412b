"""What a run leaves for people in the Prefect UI: how each source fared, what became of the week, how far it is."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import pyarrow as pa
from prefect import get_client, runtime
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)

from dedupe.explanation.quality import Doubt
from flows.telling.story import Story
from warehouse.report.untrusted import link, plain

_EVIDENCE = 300
_DOUBTS = 100
"""So many doubtful labs are named."""
_LOOK_S = 2.0
"""The progress is told this often at most: a source a second would be a request a second."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~&])")


async def tell_sources(week: str, sources: pa.Table, checks: pa.Table) -> None:
    """Leave the week's source table: the state of each source, the gates that refused it, and why."""
    refused: dict[str, list[str]] = {}
    for gate in checks.to_pylist():
        if gate["verdict"] != "pass":
            refused.setdefault(gate["subject"], []).append(gate["name"])
    rows = [_source(row, refused.get(row["source"], [])) for row in sources.to_pylist()]
    await acreate_table_artifact(rows, key="sources", description=f"How the sources of {week} fared")


async def tell_doubts(week: str, doubts: Sequence[Doubt]) -> None:
    """Leave a table of the labs whose listings may not be one, the largest first; none when there are none."""
    rows = [
        {
            "lab": doubt.lab_id,
            "listings": doubt.listings,
            "reasons": ", ".join(doubt.reasons),
            "least score": doubt.least_score,
            "widest, km": doubt.widest_km,
            "why": f"labs explain {doubt.lab_id}",
        }
        for doubt in doubts[:_DOUBTS]
    ]
    if rows:
        told = f"{len(doubts)} labs of {week} whose listings may not be one (docs/dedupe.md)"
        await acreate_table_artifact(rows, key="doubts", description=told)


async def tell_week(week: str, facts: Mapping[str, Any], links: Mapping[str, str] | None = None) -> None:
    """Leave the summary of the week: one fact a line, then links."""
    lines = [f"# {week}", ""]
    lines += [f"- **{name}**: {inert(str(value))}" for name, value in facts.items() if value is not None]
    lines += [f"- [{name}]({address})" for name, address in (links or {}).items() if link(address)]
    await acreate_markdown_artifact("\n".join(lines), key="week", description=f"What became of {week}")


async def tag_run(*tags: str) -> None:
    """Add tags to the run under way, beside those of its deployment: the UI filters by them."""
    if runtime.flow_run.id is None:
        return
    async with get_client() as client:
        known = runtime.flow_run.tags or []
        await client.update_flow_run(UUID(runtime.flow_run.id), tags=sorted({*known, *tags}))


@asynccontextmanager
async def progress(week: str, story: Story) -> AsyncIterator[None]:
    """Keep a progress artifact up to date while the block runs."""
    made = await acreate_progress_artifact(0.0, key="progress", description=f"How far {week} is")
    assert isinstance(made, UUID)  # noqa: S101  # what Prefect returns is typed wider

    async def follow() -> None:
        told = 0.0
        while True:
            await asyncio.sleep(_LOOK_S)
            if story.percent != told:
                told = story.percent
                await aupdate_progress_artifact(made, told)

    following = asyncio.create_task(follow())
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await aupdate_progress_artifact(made, story.percent)


def inert(text: str, limit: int = 1_000) -> str:
    """Return a stranger's text so that Markdown reads nothing in it: no link, no image, no HTML."""
    return _MARKDOWN.sub(r"\\\1", plain(text, limit))


def _source(row: Mapping[str, Any], gates: list[str]) -> dict[str, Any]:
    return {
        "source": row["source"],
        "verdict": row["state"].replace("_", " "),
        "why": inert(": ".join(filter(None, (row["failure"], row["evidence"]))), _EVIDENCE),
        "gates": ", ".join(sorted(gates)),
        "listings": row["listings"],
        "of these kept": row["listings_kept"],
        "of week": row["listings_week"],
        "rejections": row["rejections"],
        "unanswered": row["unanswered"],
        "requests": row["requests"],
    }
