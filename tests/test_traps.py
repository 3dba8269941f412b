"""Every trap the guides tell of is tied to what fails when it is stepped in (tests/traps.toml)."""

import ast
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

TESTS = Path(__file__).parent
TRAPS: dict[str, dict[str, str | list[str]]] = tomllib.loads((TESTS / "traps.toml").read_text("utf-8"))
NOT_READ = "not read: "
WITHOUT_TRAPS = {
    "sources-france 0": "ranking",
    "sources-france 16": "what was not found",
    "sources-world 1": "ranking",
    "sources-world 4": "overlaps of the recorded lists",
}
"""Sections of the guides that hold no trap."""
_LEFT_OUT = ("soak", "bench", "shared", "browser")
"""Marks of tests that do not run everywhere by default."""


def ties() -> Iterator[tuple[str, str]]:
    """Yield each row of the table with each thing it is tied to."""
    for section, rows in TRAPS.items():
        for words, tied in rows.items():
            yield from ((f"{section}: {words}", one) for one in ([tied] if isinstance(tied, str) else tied))


def run_by_default() -> Counter[str]:
    """Return the name of each test that runs everywhere by default, and in how many files it stands."""
    found: Counter[str] = Counter()
    for path in TESTS.rglob("test_*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        of_all = [ast.unparse(node.value) for node in tree.body if _is_pytestmark(node)]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = " ".join([*of_all, *map(ast.unparse, node.decorator_list)])
                found[node.name] += not re.search(rf"\bmark\.(?:{'|'.join(_LEFT_OUT)})\b", marks)
    return found


def _is_pytestmark(node: ast.stmt) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def shown(source: str) -> set[str]:
    """Return the keys, records and labels the golden file of a source holds a row of."""
    golden = json.loads((TESTS / "pages" / source / "golden.json").read_text("utf-8"))
    listings, rejections = golden["listings"], golden["rejections"]
    unanswered = (label for labels in golden["unanswered"].values() for label in labels)
    return {*(row["source_key"] for row in listings), *(row["record"] for row in rejections), *unanswered}


def test_every_trap_is_tied_to_a_test_or_a_frozen_record_or_says_why_not() -> None:
    known, loose = run_by_default(), []
    for row, tied in ties():
        source, _, record = tied.partition(" ")
        if tied.startswith("test_"):
            is_tied = known[tied] == 1
        elif tied.startswith(NOT_READ):
            is_tied = len(tied) > len(NOT_READ)
        else:
            is_tied = (TESTS / "pages" / source).is_dir() and record in shown(source)
        if not is_tied:
            loose.append(f"{row} -> {tied}")
    assert not loose, "\n".join(["no test of that name in one file, or no such frozen record:", *loose])


@pytest.mark.shared
def test_every_section_of_the_guides_has_its_traps_here(shared: Path) -> None:
    sections = set()
    for guide in ("sources-france", "sources-world"):
        text = (shared / "guide" / f"{guide}.md").read_text("utf-8")
        found = re.findall(r"^##+ (\d+(?:\.\d+)?)\.? ", text, re.M)
        sections |= {f"{guide} {number}" for number in found if f"{number}.1" not in found}
    assert sections == TRAPS.keys() | WITHOUT_TRAPS.keys()


def rows_of(guide: str, number: str) -> int:
    """Return how many rows the table of a section has, its head left out."""
    section = re.search(rf"^##+ {re.escape(number)}\.? .*?(?=^##|\Z)", guide, re.M | re.S)
    assert section is not None
    return sum(line.startswith("|") for line in section[0].splitlines()) - 2


@pytest.mark.shared
def test_every_row_of_the_tables_of_traps_is_here(shared: Path) -> None:
    france, world = ((shared / "guide" / f"sources-{name}.md").read_text("utf-8") for name in ("france", "world"))

    assert len(TRAPS["sources-france 15"]) == rows_of(france, "15")
    assert len(TRAPS["sources-world 2.6"]) == rows_of(world, "2.6")
    numbered = re.findall(r"(?:^|\s)(\d+)\. ", world.partition("## 5. Trap list for tests")[2])
    assert [words.split()[0] for words in TRAPS["sources-world 5"]] == numbered
