"""What the documents of the warehouse say is true: examples run, generated pages are fresh, words are the code's."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from tests.warehouse.fabricate import NOW, W40, World
from warehouse import dictionary
from warehouse.editions import EDITIONS, LICENCES, RELEASED
from warehouse.publish import publish
from warehouse.schema import TABLES
from warehouse.schema.change import ChangeKind, ChangeReason
from warehouse.schema.lab import StatusEvidence
from warehouse.weeks import Week

DOCS = Path(__file__).parents[2] / "docs"
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
EXAMPLES = dict(enumerate(_PYTHON.findall((DOCS / "snapshots.md").read_text("utf-8"))))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which `data` is a warehouse of the three weeks the documents speak of."""
    folder = tmp_path_factory.mktemp("docs")
    world = World(W40, {"a": {"equipment": ["laser", "é"], "founded_on": W40.monday}, "b": {"lat": None, "lon": None}})
    for _ in range(3):
        world.write(folder / "data")
        publish(folder / "data", world.week, generated_at=NOW)
        world = world.then()
    return folder


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_documents_runs(name: int, data: Path) -> None:
    program = [sys.executable, "-c", EXAMPLES[name]]
    surroundings = {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(program, cwd=data, capture_output=True, text=True, check=False, env=surroundings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_data_dictionary_is_fresh() -> None:
    assert dictionary.DOCUMENT.read_text("utf-8") == dictionary.markdown(), "run python -m warehouse.dictionary"


def test_every_column_has_a_meaning_a_leave_and_a_privacy_class() -> None:
    for name, row in {**TABLES, **RELEASED}.items():
        for field in row.arrow_schema():
            assert field.metadata[b"description"].decode().endswith((".", ")")), f"{name}.{field.name}"
            assert dictionary.leave(name, field.name) in {"facts", "licence", "ours"}
            assert dictionary.privacy(field.name) in {"contact", "text", "public"}


def test_the_words_of_the_feed_are_those_of_its_document() -> None:
    kinds, reasons = (
        section.partition("\n## ")[0]
        for section in re.split(r"\n## (?:Kinds|Reasons)\n", (DOCS / "changes.md").read_text("utf-8"))[1:]
    )
    for section, literal in ((kinds, ChangeKind), (reasons, ChangeReason)):
        assert set(re.findall(r"^\| `(\w+)` \| (?!What|Said)", section, re.MULTILINE)) - {"change", "reason"} == set(
            get_args(literal)
        )


def test_the_evidence_for_a_status_is_that_of_its_document() -> None:
    section = (DOCS / "changes.md").read_text("utf-8").partition("## What a status rests on")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \| [TIA]", section, re.MULTILINE) == list(get_args(StatusEvidence))


def test_the_files_and_licences_the_contract_names_are_those_of_a_release(data: Path) -> None:
    text = (DOCS / "snapshots.md").read_text("utf-8")
    week = Week.parse("2026-W42")
    folder = data / f"data/v1/snapshots/snapshot_date={week.monday}/edition=full"
    for path in folder.iterdir():
        assert f"`{path.name}`" in text, path.name
    assert set(LICENCES) == set(EDITIONS)
    for edition in EDITIONS:
        assert f"edition={edition}/" in text
