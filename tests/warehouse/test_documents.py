"""What the documents of the warehouse say is true: examples run, generated pages are fresh, words are the code's."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pyogrio
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
SNAPSHOTS = (DOCS / "snapshots.md").read_text("utf-8")
EXAMPLES = dict(enumerate(_PYTHON.findall(SNAPSHOTS)))
R = dict(zip(("base", "sf"), re.findall(r"```r\n(.*?)```", SNAPSHOTS, re.DOTALL), strict=True))
QGIS = re.findall(r"```python qgis\n(.*?)```", SNAPSHOTS, re.DOTALL)[0]


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


def newest(data: Path) -> Path:
    return data / f"data/v1/snapshots/snapshot_date={Week.parse('2026-W42').monday}/edition=full"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_documents_runs(name: int, data: Path) -> None:
    program = [sys.executable, "-c", EXAMPLES[name]]
    surroundings = {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(program, cwd=data, capture_output=True, text=True, check=False, env=surroundings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("package", R)
def test_an_example_in_r_runs_and_counts_as_the_manifest_does(package: str, data: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed (Debian: r-base-core)")
    asked = ["Rscript", "-e", f'quit(status = !requireNamespace("{package}", quietly = TRUE))']
    if subprocess.run(asked, check=False).returncode:
        pytest.skip(f"the R package {package} is not installed (Debian: r-cran-{package})")
    counted = 'cat("rows", nrow(labs), "columns", ncol(labs), "\\n")'
    done = subprocess.run(
        ["Rscript", "-e", R[package] + counted], cwd=data, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    files = json.loads((newest(data) / "manifest.json").read_bytes())["files"]
    rows = next(file["rows"] for file in files if file["path"] == "labs.csv")
    # the GeoPackage has one geometry in place of lon and lat
    columns = len(TABLES["labs"].model_fields) - (package == "sf")
    assert f"rows {rows} columns {columns}" in done.stdout


def test_qgis_opens_the_geopackage_as_the_document_says(data: Path) -> None:
    system = Path("/usr/bin/python3")
    known = (
        system.exists()
        and not subprocess.run([system, "-c", "import qgis.core"], check=False, capture_output=True).returncode
    )
    if not known:
        pytest.skip("QGIS is not installed (Debian: python3-qgis, 215 packages: too many for .ci/run)")
    head = "from qgis.core import *\napplication = QgsApplication([], False)\napplication.initQgis()\n"
    done = subprocess.run(
        [system, "-c", head + QGIS], cwd=data, capture_output=True, text=True, check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"], "HOME": str(data)},
    )  # fmt: skip
    assert done.stdout.split() == ["2", "EPSG:4326"], done.stderr


def test_the_address_qgis_is_given_opens_by_gdal_too(data: Path) -> None:
    address = re.search(r'"([^"]+)\|layername=(\w+)"', QGIS)
    assert address is not None
    assert pyogrio.read_info(data / address[1], layer=address[2])["features"] == 2


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
    text = SNAPSHOTS
    for path in newest(data).iterdir():
        assert f"`{path.name}`" in text, path.name
    assert set(LICENCES) == set(EDITIONS)
    for edition in EDITIONS:
        assert f"edition={edition}/" in text
