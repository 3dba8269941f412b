"""In a real Chromium without a network: everything is there, the keyboard is enough, strangers' text is text."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.report.conftest import Opened
from tests.warehouse.report.fictional import lab_id, report_input
from warehouse.report.archetype_pages import archetype_pages
from warehouse.report.render import render
from warehouse.report.site.front import index_page
from warehouse.schema import SCHEMA_VERSION
from warehouse.schema.manifest import Index

pytestmark = pytest.mark.browser

COUNT = 240
AXE = Path(__file__).parent / "axe-core" / "axe.min.js"
Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def report() -> Any:
    return report_input(COUNT)


@pytest.fixture(scope="module")
def html(report: Any) -> str:
    return render(report)


def _is_calm(opened: Opened) -> bool:
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith("file://")] == []
    assert len(opened.requests) == 1
    return True


def test_as_many_labs_are_shown_as_the_snapshot_has(opened: Open, html: str, report: Any) -> None:
    page = opened(html)
    ready = page.ready()
    placed = COUNT - report.tables["labs"]["lat"].null_count
    assert ready.evaluate("document.documentElement.dataset.labs") == str(COUNT)
    assert ready.inner_text("#count") == f"{COUNT} ateliers sur {COUNT}"
    assert ready.evaluate("document.documentElement.dataset.placed") == str(placed)
    while ready.is_visible("#more"):
        ready.click("#more")
    assert ready.locator("#list > li").count() == COUNT
    # Seen from far enough every placed lab is on the canvas, alone or counted in a disc.
    ready.click("text=Monde")
    ready.wait_for_selector(f"#leaflet[data-drawn='{placed}']")
    assert _is_calm(page)


def test_the_keyboard_alone_searches_filters_and_reads_a_card(opened: Open, html: str) -> None:
    page = opened(html)
    ready = page.ready()
    ready.focus("#filter-text")
    ready.keyboard.type("ETABLI des halles")
    assert int(re.findall(r"\d+", ready.inner_text("#count"))[0]) < COUNT
    assert all("Établi des halles" in name for name in ready.locator("#list b").all_inner_texts())
    ready.keyboard.press("Tab")
    ready.keyboard.press("Space")
    assert ready.evaluate("document.activeElement.value") == "1"
    assert {text.split(" · ")[-1] for text in ready.locator("#list small").all_inner_texts()} <= {"Médiation numérique"}
    ready.keyboard.press("Space")
    while ready.evaluate("document.activeElement.closest('#list') === null"):
        ready.keyboard.press("Tab")
    name = ready.evaluate("document.activeElement.querySelector('b').textContent")
    ready.keyboard.press("Enter")
    ready.wait_for_selector("dialog[open]")
    assert ready.inner_text("#card-title") == name
    assert ready.evaluate("location.hash").startswith("#lab-")
    ready.keyboard.press("Escape")
    # a dialog tells that it closed in a task of its own (HTML standard, "close the dialog"): the address follows it
    ready.wait_for_url(lambda url: "#" not in url)
    assert not ready.is_visible("dialog")
    assert ready.evaluate("document.activeElement.querySelector('b').textContent") == name
    assert _is_calm(page)


@pytest.mark.parametrize("name", ["region", "departement", "country", "status", "source"])
def test_each_filter_leaves_the_labs_it_names(opened: Open, html: str, report: Any, name: str) -> None:
    ready = opened(html).ready()
    control = ready.locator(f"#filter-{name}")
    control.focus()
    ready.keyboard.press("ArrowDown")
    label = control.evaluate("control => control.selectedOptions[0].textContent")
    shown = int(re.findall(r"\d+", ready.inner_text("#count"))[0])
    if name == "status":
        assert shown == report.tables["labs"]["status"].to_pylist().count("active")
    else:
        assert label.endswith(f"({shown})")
    assert 0 < shown < COUNT
    ready.click("button[type=reset]")
    assert ready.inner_text("#count") == f"{COUNT} ateliers sur {COUNT}"


def test_services_to_companies_are_archetypes_four_and_five_and_cues(opened: Open, html: str, report: Any) -> None:
    ready = opened(html).ready()
    ready.check("#filter-companies")
    shown = int(re.findall(r"\d+", ready.inner_text("#count"))[0])
    labs = report.rows("labs")
    certain = sum(lab["archetype"] in ("4", "5") or bool(lab["services"]) for lab in labs)
    assert certain <= shown < COUNT


def test_a_region_narrows_the_departements(opened: Open, html: str) -> None:
    ready = opened(html).ready()
    ready.select_option("#filter-region", index=2)
    departements = ready.locator("#filter-departement option").count() - 1
    assert 1 <= departements <= 3


def test_the_card_says_all_the_issue_asks_for(opened: Open, html: str, report: Any) -> None:
    lab = next(row for row in report.rows("labs") if row["archetype"] == "3" and row["operator"])
    page = opened(html, fragment=f"#{lab['lab_id']}")
    ready = page.ready()
    text = ready.inner_text("#card")
    for part in (lab["name"], lab["street"] or "", lab["operator"], "Fablab générique", "bénévoles", lab["lab_id"]):
        assert part in text
    for part in ("lue le 12 oct. 2026", "publié depuis", "Pourquoi cet archétype", "Corriger cette fiche"):
        assert part in text
    correction = ready.get_attribute("#card a:has-text('Corriger')", "href")
    assert correction == f"https://registre.example/corriger?id={lab['lab_id']}"
    assert _is_calm(page)


def test_the_language_changes_without_a_network_and_without_script(opened: Open, html: str) -> None:
    page = opened(html)
    ready = page.ready()
    assert ready.inner_text("h1") == "Registre des ateliers de fabrication numérique"
    ready.check("#lang-en")
    assert ready.inner_text("h1") == "Digital fabrication lab registry"
    assert ready.inner_text("#count") == f"{COUNT} labs of {COUNT}"
    assert ready.evaluate("document.documentElement.lang") == "en"
    assert "Generic fablab" in ready.inner_text("#legend")
    assert ready.title() == "Digital fabrication lab registry · 2026-W42"
    assert ready.get_attribute(".leaflet-control-zoom-in", "aria-label") == "Zoom in"
    assert _is_calm(page)
    silent = opened(html, java_script_enabled=False).page
    assert silent.is_visible("text=Ateliers par département") and not silent.is_visible("#explorer")
    silent.check("#lang-en")
    heading = silent.locator("noscript h3")
    assert heading.inner_text() == "All labs"


def test_an_english_reader_is_greeted_in_english(opened: Open, html: str) -> None:
    assert opened(html, locale="en-US").ready().inner_text("h1") == "Digital fabrication lab registry"
    assert opened(html, locale="de-DE").ready().inner_text("h1").startswith("Registre")


@pytest.mark.parametrize(
    "hostile",
    [
        "</script><script>window.pwned=1</script>",
        "<img src=x onerror=window.pwned=1>",
        "javascript:window.pwned=1",
        "<svg onload=window.pwned=1>{{7*7}}",
    ],
)
def test_what_strangers_wrote_is_text(opened: Open, hostile: str) -> None:
    page = opened(render(report_input(30, hostile=hostile)), fragment=f"#{lab_id(3)}")
    ready = page.ready()
    assert ready.inner_text("#card-title") == hostile
    assert ready.evaluate("window.pwned") is None
    assert ready.locator("#card img, #card script, #list img, #list script").count() == 0
    links = ready.eval_on_selector_all("a", "links => links.map(link => link.protocol)")
    assert set(links) <= {"file:", "https:", "mailto:"}
    ready.keyboard.press("Escape")
    ready.fill("#filter-text", hostile)
    assert ready.locator("#list b").first.inner_text() == hostile
    assert _is_calm(page)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_no_serious_violation_and_nothing_overflows(opened: Open, html: str, width: int, scheme: str) -> None:
    page = opened(html, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    ready = page.ready()
    assert ready.evaluate("document.documentElement.scrollWidth") <= width
    assert _violations(ready) == []
    ready.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    ready.click("#list li:first-child a")
    ready.wait_for_selector("dialog[open]")
    assert _violations(ready) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation_on_the_pages_around(opened: Open, report: Any, scheme: str) -> None:
    for html in (archetype_pages(report)["archetype-3.html"], index_page(_index(), {})):
        page = opened(html, viewport={"width": 320, "height": 800}, color_scheme=scheme, bypass_csp=True)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert _violations(page.page) == []
        assert page.complaints == []


def _index() -> Index:
    pointer = {"path": "snapshots/snapshot_date=2026-10-12/edition=full", "manifest_sha256": "0" * 64, "labs": 240}
    entry = {"snapshot_date": "2026-10-12", "iso_week": "2026-W42", "schema_version": SCHEMA_VERSION}
    entry["revisions"] = [{"revision": 0, "editions": {"full": pointer}}]  # type: ignore[assignment]
    return Index.model_validate({"schema_version": SCHEMA_VERSION, "snapshots": [entry]})


def _violations(page: Any) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    return [
        f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:160]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical", "moderate")
    ]


def test_an_empty_week_opens_calmly(opened: Open) -> None:
    from tests.warehouse.report.fictional import WEEK
    from warehouse.report.inputs import ReportInput

    page = opened(render(ReportInput.of({}, week=WEEK, edition="open")))
    assert page.ready().inner_text("#count").startswith("Aucun atelier")
    assert _is_calm(page)


def test_print_shows_the_tables_and_the_static_map(opened: Open, html: str) -> None:
    page = opened(html)
    page.ready().emulate_media(media="print")
    assert page.page.is_visible(".static svg") and not page.page.is_visible("#explorer")
    assert page.page.is_visible("#sources table")
