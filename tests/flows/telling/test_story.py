"""The log of a week is about thirty lines for twenty-six sources, each of which says something."""

import logging
import os
import pty
import re
import subprocess
import sys
from typing import Any

import pytest

from flows.sources.crawling import Crawl
from flows.telling.story import Story
from tests.running import ROOT
from warehouse.schema import SourceState

SOURCES = [f"source_{number:02d}" for number in range(26)]
STAGES = ["collect", "locate", "resolve", "classify", "fuse", "check", "publish", "retain"]


class Release:
    result = "published"


def state(source: str, **known: Any) -> SourceState:
    counts = dict.fromkeys(("rejections", "out_of_scope", "unanswered", "pages", "requests", "bytes"), 0)
    facts = {"state": "ok", "listings": 100, "staleness_weeks": 0, "licence": "x", "is_share_alike": False, **known}
    return SourceState(source=source, **counts, **facts)  # type: ignore[arg-type]  # checked by pydantic


def carried(source: str, failure: str = "timed_out", evidence: str = "no answer within 3600 s") -> SourceState:
    kept = {"state": "carried_forward", "failure": failure, "evidence": evidence, "listings_week": "2026-W41"}
    return state(source, **kept, staleness_weeks=1)


def told(states: list[SourceState], caplog: pytest.LogCaptureFixture, result: str = "published") -> list[str]:
    with caplog.at_level(logging.INFO, "flows"):
        story = Story("2026-W42", [one.source for one in states], STAGES)
        story.begins("26 sources 2 at once, pages from the sites, into data")
        for one in states:
            story.began(one.source)
            story.ended(Crawl(one, {}, seconds=1.5))
        for name in STAGES:
            if name == "locate":
                story.verdicts([one.model_dump() for one in states])
            with story.stage(name) as found:
                found.append(Release() if name == "publish" else 1234)
        assert story.percent == 100
        story.ends(result, "85 labs, 2 added")
    return [record.getMessage() for record in caplog.records]


def test_listings_of_silent_entries_are_told_apart_from_those_that_were_read(caplog: pytest.LogCaptureFixture) -> None:
    lines = told([state("spaceapi", listings_kept=30), state("wikidata")], caplog)
    assert any("2 sources ok: 170 listings, 0 rejections; 30 listings of silent entries kept" in line for line in lines)


@pytest.mark.parametrize("eventful", [0, 1, 12, 13, 26])
def test_a_week_of_26_sources_is_told_in_thirty_lines(caplog: pytest.LogCaptureFixture, eventful: int) -> None:
    states = [
        carried(one, f"failure_{number}") if number < eventful else state(one) for number, one in enumerate(SOURCES)
    ]
    lines = told(states, caplog)
    assert len(lines) <= 30
    assert all(line.startswith("2026-W42  ") for line in lines)
    assert len(set(lines)) == len(lines), "no line says what another has said"
    for number in range(min(eventful, 12)):
        assert any(f"source_{number:02d}" in line and f"failure_{number}" in line for line in lines)


def test_each_line_says_what_an_operator_asks(caplog: pytest.LogCaptureFixture) -> None:
    states = [carried("wikidata"), *(state(one) for one in SOURCES[:9])]
    lines = [re.sub(r"after \d+ s|\d\.\d s", "N s", line) for line in told(states, caplog)]
    assert lines == [
        "2026-W42  begins: 26 sources 2 at once, pages from the sites, into data",
        "2026-W42  crawl: 3 of 10 sources N s; being asked: none",
        "2026-W42  crawl: 5 of 10 sources N s; being asked: none",
        "2026-W42  crawl: 8 of 10 sources N s; being asked: none",
        "2026-W42  collect: 1,234 listings that count, N s",
        "2026-W42  source wikidata: carried forward, 100 listings of 2026-W41 kept (1 week old): "
        "timed_out: no answer within 3600 s",
        "2026-W42  9 sources ok: 900 listings, 0 rejections; slowest wikidata, N s",
        "2026-W42  locate: 1,234 listings have a point, N s",
        "2026-W42  resolve: 1,234 labs, N s",
        "2026-W42  classify: 1,234 labs have an archetype, N s",
        "2026-W42  fuse: 1,234 labs written, N s",
        "2026-W42  check: 1,234 gates passed, N s",
        "2026-W42  publish: published, N s",
        "2026-W42  retain: 1,234 weeks past retention emptied, N s",
        "2026-W42  published N s: 85 labs, 2 added",
    ]


def test_what_a_server_said_cannot_forge_a_line(caplog: pytest.LogCaptureFixture) -> None:
    hostile = "HTTP 500\n2026-W42  published after 3 s\x1b[2J\u202e" + "x" * 500
    lines = told([carried("wikidata", "server_error", hostile)], caplog)
    source = next(line for line in lines if "source wikidata" in line)
    assert not set("\n\x1b\u202e") & set(source)
    assert len(source) < 300


ON_A_TERMINAL = """
import logging, time
from flows.sources.crawling import Crawl
from flows.terminal.progress import PROGRESS
from flows.telling.story import Story
from tests.flows.telling.test_story import SOURCES, STAGES, carried, state
with PROGRESS.shown():
    story = Story("2026-W42", SOURCES, STAGES)
    story.begins("26 sources")
    for number, source in enumerate(SOURCES):
        story.began(source)
        if number == 20:
            time.sleep(0.6)
        story.ended(Crawl(carried(source) if number == 3 else state(source), {}, seconds=1.5))
    with story.stage("collect") as found:
        time.sleep(0.6)
        found.append(2600)
    story.verdicts([state(source).model_dump() for source in SOURCES])
    story.ends("published", "85 labs")
"""


def run(*, on_terminal: bool) -> str:
    """Return what the program wrote to standard error, a terminal of 100 by 40 or a pipe."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    command = [sys.executable, "-c", ON_A_TERMINAL]
    if not on_terminal:
        return subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, check=True).stderr
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    try:
        while piece := os.read(ours, 65_536):
            written += piece
    except OSError:
        pass  # the other end of a terminal that is closed
    assert process.wait(30) == 0, written.decode()
    os.close(ours)
    return written.decode()


def test_on_a_terminal_sources_and_stages_are_shown_live() -> None:
    text = run(on_terminal=True)
    assert re.search(r"source_20 +\S*crawling", text)
    assert re.search(r"source_03 +\S*carried_forward\S* +100 +1\.5 +timed_out", text)
    assert re.search(r"2026-W42  crawl +\S*━.*20/26", text)
    assert re.search(r"2026-W42  collect +\S*━.*0/1", text)
    assert re.search(r"2026-W42  collect: 2,600 listings that count", text)


def test_without_a_terminal_there_are_plain_lines_only() -> None:
    lines = run(on_terminal=False).splitlines()
    assert "\x1b" not in "".join(lines)
    assert len(lines) == 7
    assert lines[-1].startswith("2026-W42  published after")
