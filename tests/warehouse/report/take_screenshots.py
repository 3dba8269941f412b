"""The pages of a snapshot to the pictures in docs/screenshots.

Run from the top of the repository: `python -m tests.warehouse.report.take_screenshots [FOLDER]`, FOLDER an edition's
folder with report.html in it; without one the fictional network of the tests is shown.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.warehouse.report.conftest import CHROMIUM, FLAGS
from tests.warehouse.report.fictional import report_input
from warehouse.report.render import pages

OUT = Path("docs/screenshots")
LABS = 640
QUALITY = 72
"""JPEG: half the bytes of PNG, and the text stays sharp enough to read."""

DESKTOP, TELEPHONE = {"width": 1280, "height": 960}, {"width": 320, "height": 680}


def main(arguments: list[str]) -> None:
    """Write every picture."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(arguments[0]).resolve() if arguments else _fictional(Path(scratch))
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for name, options in {
            "report-desktop": {"viewport": DESKTOP, "locale": "fr-FR"},
            "report-dark": {"viewport": DESKTOP, "locale": "en-GB", "color_scheme": "dark"},
            "report-telephone": {"viewport": TELEPHONE, "locale": "en-GB", "device_scale_factor": 2},
        }.items():
            page = browser.new_context(**options).new_page()
            page.goto((folder / "report.html").as_uri())
            page.wait_for_selector("html[data-labs]")
            _shoot(page, name)
            if name == "report-desktop":
                _shoot_sections(page)
        page = browser.new_context(viewport=DESKTOP, locale="fr-FR").new_page()
        page.goto((folder / "archetype-3.html").as_uri())
        _shoot(page, "archetype")
        browser.close()


def _shoot_sections(page: Any) -> None:
    for name in ("trends", "sources", "changes", "quality"):
        page.evaluate("name => document.getElementById(name).scrollIntoView({ behavior: 'instant' })", name)
        _shoot(page, f"report-{name}")
    page.evaluate("document.getElementById('map').scrollIntoView({ behavior: 'instant' })")
    page.click("#list li:nth-child(2) a")
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(600)  # the map glides to the lab
    _shoot(page, "report-card")


def _shoot(page: Any, name: str) -> None:
    page.wait_for_timeout(200)
    page.screenshot(path=OUT / f"{name}.jpg", type="jpeg", quality=QUALITY)


def _fictional(folder: Path) -> Path:
    for name, html in pages(report_input(LABS)).items():
        (folder / name).write_text(html, encoding="utf-8")
    return folder


if __name__ == "__main__":
    main(sys.argv[1:])
