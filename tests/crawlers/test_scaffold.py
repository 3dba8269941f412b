"""docs/adding-a-source.md is true: one look writes a source whose golden rows fail until a person has read them."""

import importlib.util
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request

from crawlers.guards.failures import CrawlFailed
from crawlers.scaffold.__main__ import main
from crawlers.scaffold.files import NewSource, SourceExists, first_url, literal, spider_code
from crawlers.scaffold.frozen_page import frozen as freeze
from crawlers.scaffold.proposal import Proposal, propose
from crawlers.source import Source
from tests.conftest import ROOT
from tests.crawlers.frozen import PAGES, Frozen, read
from tests.crawlers.spider_process import site

JSON = {"Content-Type": "application/json"}
TODAY = date(2026, 11, 25)
DOC = (ROOT / "docs" / "adding-a-source.md").read_text("utf-8")
COMMANDS = re.findall(r"```sh\n(.*?)\n```", DOC, re.S)


def response(frozen: Frozen, url: str, body: Any, kind: str = "application/json") -> Any:
    frozen.add(url, body, kind=kind)
    return frozen.answer(Request(url))


def load(path: Path) -> type[Source]:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == path.stem]
    assert len(found) == 1
    return found[0]


def test_the_commands_of_the_document_work(tmp_path: Path) -> None:
    words = COMMANDS[0].split()
    name, url = words[-2:]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-2.76, 47.655]},
        "properties": {"id": 7, "nom": "Atelier du Lavoir", "ville": "Vannes", "tel": "06 12 34 56 78",
                       "mail": "claire.morin@lavoir.example", "contact": {"nom": "Claire Morin"}},
    }  # fmt: skip
    body = json.dumps({"type": "FeatureCollection", "features": [feature] * 9}).encode()
    answers: dict[str, Any] = {"data.exemple.example/fablabs.geojson": (200, JSON, body)}
    with site(answers, tmp_path / "origins.json", "data.exemple.example"):
        command = [sys.executable, *words[1:-2], name, url, "--root", str(tmp_path)]
        command += ["--origins", str(tmp_path / "origins.json")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert again.returncode == 2
        assert "exists already" in again.stderr
    written = done.stdout.splitlines()[1:]
    assert written == re.findall(r"^\| `([^`]+)` \|", DOC, re.M)
    folder = tmp_path / "tests" / "pages" / name
    page = (folder / "page.json").read_text("utf-8")
    assert len(json.loads(page)["features"]) == 5
    for secret in ("06 12", "claire", "Claire"):
        assert secret not in page
    pages = Frozen()
    for answer in json.loads((folder / "pages.json").read_text("utf-8")):
        pages.add(answer["url"], (folder / answer["file"]).read_bytes(), kind=answer["content_type"])
    found = read(load(tmp_path / "crawlers" / "spiders" / f"{name}.py"), pages)
    golden = json.loads((folder / "golden.json").read_text("utf-8"))
    assert found.golden() != golden
    assert "nobody has read these rows" in golden["unread"]
    assert [row.name for row in found.harvest.listings] == ["Atelier du Lavoir"]
    assert found.spider.info.terms.layer == "facts"
    linted = subprocess.run(
        ["ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(tmp_path / written[0])],
        capture_output=True, text=True, check=False, env={"PATH": str(Path(sys.executable).parent)},
    )  # fmt: skip
    assert linted.returncode == 0, linted.stdout


def test_the_document_names_files_and_tests_that_are_there() -> None:
    for path in re.findall(r"`((?:crawlers|tests)/[\w/.]+\.py)`", DOC) + re.findall(r"pytest (\S+)", DOC):
        assert (ROOT / path).exists() or "exemple" in path, path


@pytest.mark.parametrize(
    ("url", "body", "base", "attribute"),
    [
        ("https://m.gogocarto.fr/api/elements.json", {"ontology": "gogofull", "data": [{"id": "a"}]}, "GoGoCarto",
         ("map_host", "m.gogocarto.fr")),
        ("https://c.example/api/3/action/package_search?q=lab", {"success": True, "result": {}}, "CkanPortal",
         ("search", "lab")),
        ("https://u.example/fr/map/labs_42/geojson/", {"properties": {"datalayers": []}}, "UMap", ("map_id", 42)),
        ("https://y.example/?api/forms/8/entries", {"A": {"id_fiche": "A"}}, "YesWikiForm", ("form", 8)),
        ("https://o.example/api/explore/v2.1/catalog/datasets/labs/records?limit=5",
         {"total_count": 1, "results": [{"nom": "A", "ville": "Die"}]}, "OpendatasoftDataset", ("dataset", "labs")),
        ("https://w.example/wp-json/x", {"spaces": [{"name": "A", "lat": 1}]}, "JsonList", ("list_key", "spaces")),
        ("https://w.example/api.php?action=askargs&conditions=Category:X&format=json",
         {"query": {"results": {"A": {"fulltext": "A", "printouts": {"City": []}}}}}, "SemanticMediaWiki",
         ("printouts", ("City",))),
    ],
)  # fmt: skip
def test_a_platform_is_recognised_by_what_it_answers(
    frozen: Frozen, url: str, body: Any, base: str, attribute: tuple[str, Any]
) -> None:
    page = response(frozen, url, body)
    proposal = propose(page)
    assert proposal.base == base
    assert proposal.attributes[attribute[0]] == attribute[1]
    assert first_url(proposal, url).startswith("https://")
    code = spider_code(NewSource("x_y", url, TODAY), proposal)
    compile(code, "x_y.py", "exec")
    json.loads(freeze(page, proposal)[0])


@pytest.mark.parametrize(
    ("body", "kind", "platform"),
    [
        (
            '<!DOCTYPE html><script type="application/ld+json">{"@type": "Place"}</script>',
            "text/html",
            "JSON-LD (Place)",
        ),
        ("<!DOCTYPE html><html><p>x</p></html>", "text/html", "HTML"),
        ('<?xml version="1.0"?><urlset><url/></urlset>', "application/xml", "sitemap"),
        ('{"a": 1}', "application/json", "no known platform"),
    ],
)
def test_what_no_base_reads_is_named(frozen: Frozen, body: str, kind: str, platform: str) -> None:
    proposal = propose(response(frozen, "https://a.example/", body, kind))
    assert proposal.base is None
    assert platform in proposal.platform


@pytest.mark.parametrize("body", [b"", b"a line of prose without any columns"])
def test_a_page_that_is_nothing_is_a_failure(frozen: Frozen, body: bytes) -> None:
    with pytest.raises(CrawlFailed):
        propose(response(frozen, "https://a.example/", body, "text/plain"))


def test_what_a_site_says_stands_in_the_code_as_a_literal_only() -> None:
    evil = '"); import os; os.system("x'
    proposal = Proposal("JSON list", "JsonList", "wordpress", {"file_url": evil, "list_key": evil}, {"name": evil})
    code = spider_code(NewSource("x", "https://a.example/", TODAY), proposal)
    assert "import os" not in [line.strip() for line in code.splitlines()]
    compile(code, "x.py", "exec")
    assert literal(("a",)) == '("a",)'


@pytest.mark.parametrize(
    "words", [["../x", "https://a.example/"], ["x", "file:///etc/passwd"], ["x", "https://localhost/"]]
)
def test_a_bad_name_or_address_is_a_user_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--contact", "https://a.example/bot"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_source_that_is_there_is_never_overwritten() -> None:
    from crawlers.scaffold.files import write

    source = NewSource("makery", "https://a.example/", TODAY)
    before = (PAGES / "makery" / "golden.json").read_bytes()
    with pytest.raises(SourceExists):
        write(ROOT, source, Proposal("JSON list", "JsonList", "wordpress"), ("{}", "json"))
    assert (PAGES / "makery" / "golden.json").read_bytes() == before
