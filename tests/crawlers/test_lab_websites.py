"""The home pages of labs give signals, never their text to the public, and a site that is away is a row."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bs4 import BeautifulSoup

from crawlers.lab_websites import main, signals
from tests.conftest import ROOT
from tests.crawlers.spider_process import site

SITES = {
    "a": "https://lavoir.example/",
    "b": "https://gone.example/",
    "c": "https://parked.example/",
    "d": "https://moved.example/",
    "e": None,
    "f": "https://unmapped.example/",
    "g": "https://lavoir.example/",
    "h": "https://private.example/",
}
LABS = {f"lab-{letter * 13}": website for letter, website in SITES.items()}
PAGE = b"""<!DOCTYPE html><html lang="fr-FR"><head><title>Atelier du Lavoir - fablab</title>
<meta name="description" content="Impression 3D, robotique. Claire : claire.morin@lavoir.example">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": ["LocalBusiness", "Place"]}</script>
</head><body>Bonjour</body></html>"""
HTML = {"Content-Type": "text/html; charset=utf-8", "Last-Modified": "Mon, 05 Oct 2026 10:00:00 GMT"}


def page(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "lxml")


def test_the_head_of_a_page_is_signals_without_personal_data() -> None:
    found = signals(page(PAGE.decode()))
    assert found["language"] == "fr"
    assert found["kinds"] == ["LocalBusiness", "Place"]
    assert found["workshop_words"] == ["fablab", "impression 3d", "robotique"]
    assert "claire.morin" not in found["description"]
    assert not found["is_parked"]


def test_a_page_whose_publisher_reserves_mining_leaves_no_text() -> None:
    found = signals(page(PAGE.decode()), is_reserved=True)
    assert (found["title"], found["description"]) == (None, None)
    assert found["workshop_words"]


@pytest.mark.parametrize(
    "title", ["This domain is for sale", "Ce domaine est à vendre", "Sedo Domain Parking", "HugeDomains.com"]
)
def test_a_domain_for_sale_is_no_sign_of_life(title: str) -> None:
    assert signals(page(f"<title>{title}</title>"))["is_parked"]


@pytest.mark.parametrize("text", ["", "<p>", "<title></title>", '<meta name="description">', '<html lang="">'])
def test_a_page_that_says_nothing_gives_nothing(text: str) -> None:
    found = signals(page(text))
    assert not any(found.values())


def test_every_lab_with_a_site_is_one_row_and_a_shared_site_is_asked_once(tmp_path: Path) -> None:
    labs = pa.table({"lab_id": list(LABS), "website": list(LABS.values())})
    pq.write_table(labs, tmp_path / "labs.parquet")
    parked = (200, HTML, b"<!DOCTYPE html><html><title>Buy this domain</title></html>")
    answers: dict[str, Any] = {
        "lavoir.example/": (200, HTML, PAGE),
        "gone.example/": (404, HTML, b"<p>gone"),
        "parked.example/": parked,
        "moved.example/": (302, {"Location": "https://lavoir.example/elsewhere"}, b""),
        "lavoir.example/elsewhere": (200, HTML, PAGE),
        "private.example/robots.txt": (200, {}, b"User-agent: *\nDisallow: /"),
    }
    origins, out = tmp_path / "origins.json", tmp_path / "checks.parquet"
    words = ["--labs", str(tmp_path / "labs.parquet"), "--on", "2026-10-14", "--out", str(out)]
    hosts = [f"{name}.example" for name in ("lavoir", "gone", "parked", "moved", "private")]
    with site(answers, origins, *hosts) as asked:
        done = subprocess.run(
            [sys.executable, "-m", "crawlers.lab_websites", *words, "--origins", str(origins)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert asked.count("lavoir.example/") == 1
    assert "private.example/" not in asked
    rows = {row["lab_id"][4]: row for row in pq.read_table(out).to_pylist()}
    assert sorted(rows) == ["a", "b", "c", "d", "f", "g", "h"]
    assert {row["checked_on"] for row in rows.values()} == {date(2026, 10, 14)}
    assert (rows["a"]["status"], rows["a"]["last_modified_on"]) == (200, date(2026, 10, 5))
    assert rows["a"] == rows["g"] | {"lab_id": rows["a"]["lab_id"]}
    assert not rows["a"]["is_moved"]
    assert (rows["b"]["status"], rows["b"]["failure"]) == (404, "gone")
    assert rows["c"]["is_parked"]
    assert rows["d"]["is_moved"]
    assert (rows["f"]["status"], rows["f"]["failure"]) == (None, "unreachable")
    assert rows["h"]["failure"] == "robots"
    assert "claire.morin" not in str(list(rows.values()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checks.parquet", "labs.parquet", "origins.json"]


def test_a_missing_table_or_contact_is_a_user_error_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LABS_CONTACT_URL", raising=False)
    words = ["--on", "2026-10-14", "--out", str(tmp_path / "x.parquet")]
    assert main(["--labs", str(tmp_path / "none.parquet"), *words]) == 2
    pq.write_table(pa.table({"lab_id": ["lab-aaaaaaaaaaaaa"], "website": ["https://a.example/"]}), tmp_path / "labs")
    assert main(["--labs", str(tmp_path / "labs"), *words]) == 2
    assert capsys.readouterr().err.count("\n") == 2
