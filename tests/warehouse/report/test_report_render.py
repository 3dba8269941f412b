"""A report is a pure function of its snapshot, asks for nothing outside, and keeps strangers' text inert."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from tests.warehouse.report.fictional import WEEK, report_input, snapshot_tables
from warehouse.report.inputs import ReportInput
from warehouse.report.page import PAGE_STYLES, REPORT_SCRIPTS, asset
from warehouse.report.payload import EXCERPT_MAX, labs_payload, packed, unpacked
from warehouse.report.render import pages, render
from warehouse.report.untrusted import csp_hash
from warehouse.schema import SchemaMismatch

HOSTILE = [
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "javascript:window.pwned=1",
    "{{ 7*7 }}{% raw %}${7*7}",
    "\"'><svg/onload=window.pwned=1>",
    "=cmd|'/C calc'!A0",
    "Lab\u202egnp\u2028\u2029\u200b<!--",
    "]]>--><style>*{display:none}</style>",
]


@pytest.fixture(scope="module")
def report() -> ReportInput:
    return report_input(120)


@pytest.fixture(scope="module")
def html(report: ReportInput) -> str:
    return render(report)


def test_the_same_snapshot_renders_the_same_bytes_twice(report: ReportInput, html: str) -> None:
    assert render(report) == html == render(report_input(120))
    assert pages(report) == pages(report_input(120))


def test_seed_zone_and_locale_of_the_machine_change_nothing(html: str) -> None:
    program = (
        "import hashlib; from tests.warehouse.report.fictional import report_input; "
        "from warehouse.report.render import render; "
        "print(hashlib.sha256(render(report_input(120)).encode()).hexdigest())"
    )
    strange = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "PATH": os.environ["PATH"]}
    said = subprocess.run([sys.executable, "-c", program], env=strange, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == hashlib.sha256(html.encode()).hexdigest()


def test_the_order_of_rows_changes_nothing(html: str) -> None:
    report = report_input(120)
    order = list(range(120))
    random.Random(7).shuffle(order)  # noqa: S311  # a fixed order, no secret
    shuffled = {**report.tables, "labs": report.tables["labs"].take(order)}
    assert render(replace(report, tables=shuffled)) == html


def test_a_vendored_script_is_in_the_page_unchanged(html: str) -> None:
    assert asset("vendor/leaflet/leaflet.js").partition("//# sourceMappingURL")[0] in html
    assert asset("vendor/topojson-client/topojson-client.min.js").strip() in html


def test_a_sign_before_a_name_is_no_letter_to_look_under() -> None:
    tables = snapshot_tables(3)
    names = ["#Zinc", "Établi", "(fab)lab"]
    tables["labs"] = tables["labs"].set_column(1, tables["labs"].schema.field("name"), [names])
    payload = labs_payload(ReportInput.of(tables, week=WEEK, edition="full"))
    assert payload["labs"]["name"] == ["Établi", "(fab)lab", "#Zinc"]


def test_every_lab_is_in_the_page_once(report: ReportInput, html: str) -> None:
    payload = unpacked(html)
    assert payload["count"] == 120
    assert sorted(f"lab-{one}" for one in payload["labs"]["id"]) == report.tables["labs"]["lab_id"].to_pylist()
    assert {len(column) for column in payload["labs"].values()} == {120}


def test_without_script_every_lab_stands_in_a_table(report: ReportInput, html: str) -> None:
    tables = lxml_html.fromstring(re.findall(r"<noscript>\s*<h3>.*?</noscript>", html, re.DOTALL)[0])
    names = [row.text_content() for row in tables.iterfind(".//tr/td[1]")]
    assert sorted(names) == sorted(report.tables["labs"]["name"].to_pylist())


def test_an_empty_snapshot_says_so() -> None:
    page = render(ReportInput.of({}, week=WEEK, edition="open"))
    assert unpacked(page)["count"] == 0
    assert "Rien à montrer" in page and "Nothing to show" in page


def test_a_table_of_another_schema_is_refused() -> None:
    tables = snapshot_tables(3)
    with pytest.raises(SchemaMismatch):
        ReportInput.of({"labs": tables["checks"]}, week=WEEK, edition="full")


def test_contacts_have_no_way_in() -> None:
    tables = {"contacts": snapshot_tables(2)["checks"], **snapshot_tables(2)}
    assert "contacts" not in ReportInput.of(tables, week=WEEK, edition="full").tables


def _addresses(document: Any) -> list[str]:
    return [
        value
        for element in document.iter()
        for name, value in element.items()
        if name in ("src", "href", "action", "srcset", "data", "poster")
    ]


def test_the_page_loads_nothing_from_outside(html: str) -> None:
    document = lxml_html.fromstring(html)
    assert not document.xpath("//@src | //link[@rel='stylesheet'] | //iframe | //object | //embed | //img")
    assert all(re.match(r"#|https?://|mailto:|[\w.-]+$", address) for address in _addresses(document))
    style = "".join(document.xpath("//style/text()"))
    assert "url(" not in style.replace("url(#default#VML)", "") and "@import" not in style
    assert "sourceMappingURL" not in html


def test_the_policy_allows_exactly_the_scripts_and_styles_of_the_page(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    allowed = policy[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(scripts) == len(styles) == 1
    assert allowed == (
        f"default-src 'none'; script-src {csp_hash(scripts[0])}; style-src {csp_hash(styles[0])}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"<[^>]* on\w+=|<[^>]* style=", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))


@pytest.fixture(scope="module")
def calm() -> dict[str, set[tuple[str, str]]]:
    return {name: _skeleton(page) for name, page in pages(report_input(12)).items()}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text_on_every_page(hostile: str, calm: dict[str, set[tuple[str, str]]]) -> None:
    for name, page in pages(report_input(12, hostile=hostile)).items():
        assert _skeleton(page) <= calm[name] | {("a", "href"), ("a", "rel")}
        document = lxml_html.fromstring(page)
        assert not [a for a in _addresses(document) if re.match(r"\s*(javascript|data|vbscript):", a, re.IGNORECASE)]
        assert "\u202e" not in page and "\u2028" not in page


def _skeleton(page: str) -> set[tuple[str, str]]:
    # What the page is built of: no element and no attribute may come from a stranger.
    document = lxml_html.fromstring(page)
    elements = [e for e in document.iter() if isinstance(e.tag, str)]
    assert len(document.xpath("//style")) == 1
    assert len(document.xpath("//script[not(@type)]")) <= 1
    return {(str(e.tag), "") for e in elements} | {(str(e.tag), str(name)) for e in elements for name in e.attrib}


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=80))
def test_any_name_a_stranger_chose_reads_back_as_text(name: str) -> None:
    page = render(report_input(2, hostile=f"x{name}"))
    assert unpacked(page)["labs"]["name"][0].startswith("x")


def test_links_to_other_places_are_followed_without_a_trace(html: str) -> None:
    for anchor in lxml_html.fromstring(html).xpath("//a[starts-with(@href, 'http')]"):
        assert {"noopener", "noreferrer", "nofollow"} <= set(anchor.get("rel").split())


def test_the_dataset_describes_itself_to_searches(html: str) -> None:
    (text,) = lxml_html.fromstring(html).xpath("//script[@type='application/ld+json']/text()")
    dataset = json.loads(text)
    assert dataset["@type"] == "Dataset" and dataset["license"].startswith("https://")
    assert dataset["distribution"][0]["contentUrl"] == "labs.parquet"


def test_excerpts_grow_shorter_as_labs_grow_more() -> None:
    few = labs_payload(report_input(60))["labs"]["about"]
    assert max(len(text) for text in few if text) <= EXCERPT_MAX
    assert packed(labs_payload(report_input(60))) == packed(labs_payload(report_input(60)))


def test_own_scripts_never_parse_text_as_markup_or_reach_for_a_network() -> None:
    own = "\n".join(asset(path) for path in REPORT_SCRIPTS if path.startswith("assets/"))
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
    network = r"fetch\(|XMLHttp|WebSocket|sendBeacon|import\(|https?://(?!www\.w3\.org/2000/svg)"
    assert re.findall(f"{markup}|{network}", own) == []


def test_every_archetype_has_its_page_with_its_labs(report: ReportInput) -> None:
    made = pages(report)
    archetypes = report.tables["labs"]["archetype"].to_pylist()
    for key in "123456":
        document = lxml_html.fromstring(made[f"archetype-{key}.html"])
        assert len(document.xpath("//tbody/tr")) == archetypes.count(key)
        assert not document.xpath("//script")
    assert PAGE_STYLES == ("assets/page.css",)
