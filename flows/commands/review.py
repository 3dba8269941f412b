"""The command `labs review`: doubtful pairs side by side on a terminal, one key a verdict."""

import contextlib
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from flows.settings import Settings
from flows.terminal.speech import DONE, say
from warehouse.report.untrusted import plain
from warehouse.schema import UserError

if TYPE_CHECKING:
    from dedupe.explanation.review import Question
    from dedupe.judgements import Verdict
    from dedupe.resolve import Resolution

VERDICTS: dict[str, "Verdict"] = {"s": "same", "d": "different", "u": "unsure"}
"""Keys that judge."""

KEYS = "[s] same lab  [d] different labs  [u] unsure  [n] not now  [w] say why first  [q] quit"

LONGEST = 300
"""Characters shown of a value."""

TOLD = 8
"""Features shown, those that moved the score most."""


def review(
    listings: Path | None = None,
    /,
    *,
    judgements: Path | None = None,
    by: str | None = None,
    week: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Show the pairs matching is not sure of, the most informative first; write down what a person says.

    Needs a terminal. Every verdict is appended to the file of judgements at once: leave with q and go on any day. A
    pair that is judged, or follows from what is, is not asked again.

    Args:
        listings: Parquet file of listings, as `labs dedupe` reads; by default those of a published week.
        judgements: CSV file to honour and to append to; by default judgements.csv in the current folder, for a
            published week dedupe/judgements.csv.
        by: who judges; by default the name of the account.
        week: ISO week; by default the latest published one.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("labs review asks a person: run it in a terminal")
    if listings and (week or warehouse):
        raise UserError("labs review: name a table of listings, or a week and its warehouse, not both")
    path, resolution = _of_table(listings, judgements) if listings else _of_week(week, warehouse, judgements)
    if not path.parent.is_dir():
        raise UserError(f"--judgements {path}: no such folder")
    judged, left = _ask(resolution, path, by or _account())
    say(f"{judged} judged, {left} left: {path}")
    return DONE


def _of_table(listings: Path, judgements: Path | None) -> "tuple[Path, Resolution]":
    from dedupe.resolve import resolve
    from dedupe.tables import FIRST_WEEK, read_judgements, read_listings

    path = judgements or Path("judgements.csv")
    known = read_judgements(path if path.exists() else None)
    table, _ = read_listings(listings)
    return path, resolve(table, None, week=FIRST_WEEK, policy={}, judgements=known)


def _of_week(week: str | None, warehouse: str | None, judgements: Path | None) -> "tuple[Path, Resolution]":
    from dedupe.tables import read_judgements
    from flows.lineage.explain import published_week
    from flows.stages import REVIEWED, resolution
    from warehouse.lake import Lake

    path = judgements or REVIEWED
    known = read_judgements(path if path.exists() else None)
    lake = Lake(warehouse or Settings.read().warehouse)
    return path, resolution(lake, published_week(lake, week), known)


def _account() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _ask(resolution: "Resolution", path: Path, by: str) -> tuple[int, int]:
    """Ask until nothing is open or the person leaves; return how many pairs were judged, and how many are open."""
    from dedupe.explanation.review import Review, record
    from flows.terminal.keys import END, Keys

    console, open_ = Console(highlight=False, markup=False), Review(resolution)
    judged = postponed = 0
    with contextlib.suppress(KeyboardInterrupt), Keys() as keys:
        while len(open_):
            question, why = open_.first(), ""
            console.print(_shown(question, judged + postponed + 1, len(open_)))
            while (key := keys.next()) not in (*VERDICTS, *END, "n", "q"):
                if key == "w":
                    why = plain(keys.line("why: "), LONGEST)
            if key in VERDICTS:
                judgement = question.answer(VERDICTS[key], by, datetime.now(UTC).date(), why)
                record(path, judgement)
                open_.answer(judgement)
                judged += 1
                console.print(judgement.verdict)
            elif key == "n":
                open_.postpone()
                postponed += 1
            else:
                break
    return judged, len(open_) + postponed


def _shown(question: "Question", number: int, open_: int) -> Group:
    """Return a question as it stands on the screen; whatever a source says is inert."""
    from dedupe.explanation.wording import worded

    now = "one lab" if question.is_one_now else "two labs"
    head = Text(f"\n{number}. One lab by {question.score:.0%}; {now} now; {open_} open", style="bold")
    sides = Table("", show_edge=False)
    for side in (question.left, question.right):
        sides.add_column(_value("/".join(side)))
    for name, one, two in question.fields:
        sides.add_row(
            Text(name.replace("_", " ")), *(_value(value, "green" if one == two else "") for value in (one, two))
        )
    evidence = Table("log-odds", "evidence, the heaviest first", show_edge=False)
    for feature, value, weight in question.features[:TOLD]:
        evidence.add_row(Text(f"{weight:+.2f}", style="green" if weight > 0 else "red"), Text(worded(feature, value)))
    return Group(head, sides, Text(), evidence, Text(KEYS, style="bold"))


def _value(value: str | None, style: str = "") -> Text:
    return Text("-", style="dim") if value is None else Text(plain(value, LONGEST), style=style)
