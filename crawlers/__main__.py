"""One source, one week, one process: pages to tables; the exit status says how it ended.

    python -m crawlers SOURCE --week 2026-W42 --archive DIR --out DIR [--replay] [--origins FILE] [--contact URL]
                       [--look REQUESTS]

0: the source answered well. 1: the world failed, source.json says how, the tables are empty. 2: the user's error.
"""

import argparse
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from crawlers.archive import ArchiveDamaged
from crawlers.catalogue import spider
from crawlers.pages.origins import read_origins
from crawlers.process.crawl import crawl
from crawlers.process.lean import leave_pandas_out
from crawlers.process.orphan import end_with_parent
from crawlers.process.task import Task
from warehouse.schema import UserError

CONTACT_VARIABLE = "LABS_CONTACT_URL"


def main(arguments: list[str]) -> int:
    """Run one spider and return the exit status."""
    try:
        task = _task(arguments)
        return crawl(task)
    except (UserError, ArchiveDamaged) as error:
        print(f"crawlers: {error}", file=sys.stderr)  # noqa: T201 - the answer of a command
        return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(message)


def _task(arguments: list[str]) -> Task:
    parser = _Parser(prog="python -m crawlers", description=__doc__)
    parser.add_argument("source")
    parser.add_argument("--week", required=True, help="ISO week, 2026-W42")
    parser.add_argument("--archive", required=True, type=Path, help="folder of week=2026-W42/<source>.warc.gz")
    parser.add_argument("--out", required=True, type=Path, help="folder the tables are written to")
    parser.add_argument("--replay", action="store_true", help="answer from the archive, never from the network")
    parser.add_argument("--origins", type=Path, help="JSON object host -> base URL; no other host is asked")
    parser.add_argument(
        "--contact", default=os.environ.get(CONTACT_VARIABLE), help="URL of the page about this crawler"
    )
    parser.add_argument("--parent", type=int, help="process to end with: a killed run leaves no spider behind")
    parser.add_argument("--look", type=int, help="ask so often at most, and only until a page holds records")
    given = parser.parse_args(arguments)
    if given.parent is not None:
        end_with_parent(given.parent)
    spider(given.source)
    if not _is_week(given.week):
        raise UserError(f"bad week {given.week!r}: an ISO week like 2026-W42 is wanted")
    origins = read_origins(given.origins) if given.origins else None
    task = Task(given.source, given.week, given.archive, given.out, given.replay, origins, given.contact, given.look)
    if task.is_replay and task.replayed is None:
        raise UserError(f"no archive to replay: {task.warc} does not exist")
    if origins is None and task.replayed is None and not re.match(r"https?://\S+\.\S+", task.contact or ""):
        raise UserError(
            f"sites are asked only by name: set {CONTACT_VARIABLE} or --contact to a page about this crawler"
        )
    return task


def _is_week(text: str) -> bool:
    match = re.fullmatch(r"(\d{4})-W(\d{2})", text)
    try:
        return match is not None and bool(date.fromisocalendar(int(match[1]), int(match[2]), 1))
    except ValueError:
        return False


if __name__ == "__main__":
    leave_pandas_out()
    sys.exit(main(sys.argv[1:]))
