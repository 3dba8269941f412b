"""A source to its hand-over: one spider in a process of its own, whatever becomes of it."""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.planning.plan import Plan, catalogue
from flows.sources.archive import Archive
from warehouse.schema import Listing, Page, Rejection, Row, SourceState, UnansweredEntry, UserError, conform, empty
from warehouse.storage.scratch import scratch

logger = logging.getLogger(__name__)

TERMINATION_GRACE_S = 10.0
"""A spider told to stop closes its archive; one that does not within this time is killed."""

TABLES: dict[str, type[Row]] = {
    "listings": Listing,
    "rejections": Rejection,
    "unanswered": UnansweredEntry,
    "pages": Page,
}
"""What a spider hands over beside its state."""

_LOG = "spider.log"


@dataclass(frozen=True)
class Crawl:
    """What one source gave this week: its state and its tables, empty unless the state is ok."""

    state: SourceState
    tables: dict[str, pa.Table]
    seconds: float = 0.0
    """How long the spider took."""


async def crawl(source: str, plan: Plan) -> Crawl:
    """Return what the source's spider handed over; one that fails, hangs or dies is a failed state, never an error.

    The process group is stopped when the caller is cancelled, so no spider outlives its run. Pages are stored in the
    archive before this returns, so a run that is killed later does not ask the source again.

    Raises: UserError when this machine does not see the archive.
    """
    archive = Archive(plan.archive)
    if not archive.is_seen:
        raise UserError(
            f"{socket.gethostname()} does not see {archive.shown}: with workers on other machines the warehouse is "
            "an object store, or a disk all of them share"
        )
    started = time.monotonic()
    with scratch("crawl") as folder:
        lent = await asyncio.to_thread(
            archive.lend, source, plan.week, folder, is_replay=plan.is_replay, is_recrawl=plan.is_recrawl
        )
        code = await run_process(_command(source, plan, folder), folder / _LOG, plan.crawl_limit_s)
        if code in (0, 1) and (folder / "source.json").exists():
            await asyncio.to_thread(archive.keep, source, plan.week, folder, lent)
            return replace(read_handover(folder), seconds=time.monotonic() - started)
        failure = "timed_out" if code is None else "crashed"
        limit = f"no answer within {plan.crawl_limit_s:.0f} s"
        evidence = limit if code is None else f"spider ended with status {code}"
        told = failed(source, failure, ": ".join(filter(None, (evidence, last_line(folder / _LOG)))))
        return replace(told, seconds=time.monotonic() - started)


async def run_process(command: list[str], log_path: Path, limit_s: float) -> int | None:
    """Return the exit status of a command, None when it was stopped at its time limit."""
    with log_path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            return await asyncio.wait_for(process.wait(), limit_s)
        except TimeoutError:
            return None
        finally:
            await _stop(process)


def failed(source: str, failure: str, evidence: str) -> Crawl:
    """Return the crawl of a source whose spider left no state: nothing but the failure and its evidence."""
    info = catalogue()[source]
    counts = dict.fromkeys(("listings", "rejections", "out_of_scope", "unanswered", "pages", "requests", "bytes"), 0)
    state = SourceState(
        source=source,
        state="failed",
        failure=failure,
        evidence=evidence,
        staleness_weeks=0,
        licence=info.terms.licence,
        attribution=info.terms.attribution,
        is_share_alike=info.terms.is_share_alike,
        terms_url=info.terms.terms_url,
        **counts,
    )
    return Crawl(state, {name: empty(row) for name, row in TABLES.items()})


def read_handover(out: Path) -> Crawl:
    """Return the hand-over a spider left in a directory."""
    state = SourceState.model_validate(json.loads((out / "source.json").read_text("utf-8")))
    return Crawl(state, {name: conform(pq.read_table(out / f"{name}.parquet"), row) for name, row in TABLES.items()})


def _command(source: str, plan: Plan, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "crawlers", source, "--week", str(plan.week)]
    command += ["--archive", str(folder), "--out", str(folder), "--parent", str(os.getpid())]
    if plan.is_replay:
        command.append("--replay")
    if plan.origins:
        command += ["--origins", plan.origins]
    if plan.look is not None:
        command += ["--look", str(plan.look)]
    if plan.contact_url:
        command += ["--contact", plan.contact_url]
    return command


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), TERMINATION_GRACE_S)
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def last_line(log_path: Path) -> str:
    """Return the last line of a log, printable, at most 200 characters: what a process that broke said last."""
    lines = [line for line in log_path.read_text("utf-8", "replace").splitlines() if line.strip()]
    text = "".join(character for character in (lines[-1] if lines else "") if character.isprintable())
    return text[:200]
