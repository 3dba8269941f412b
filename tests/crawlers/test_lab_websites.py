"""The home pages of labs give signals, never their text to the public, and a site that is away is a row."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bs4 import BeautifulSoup

from crawlers.lab_websites import main, signals
from tests.conftest import ROOT
from tests.crawlers.process import site

LABS = {
    "lab-aaaaaaaaaaaaa": "https://lavoir.example/",
    "lab-bbbbbbbbbbbbb": "https://gone.example/",
    "lab-ccccccccccccc": "https://parked.example/",
    "lab-ddddddddddddd": "https://moved.example/",
    "lab-eeeeeeeeeeeee": None,
    "lab-fffffffffffff": "https://unmapped.example/",
}
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


def test_every_lab_with_a_site_is_one_row_and_a_replay_gives_the_same_bytes(tmp_path: Path) -> None:
    import subprocess
    import sys

    labs = pa.table({"lab_id": list(LABS), "website": list(LABS.values())})
    pq.write_table(labs, tmp_path / "labs.parquet")
    parked = (200, HTML, b"<!DOCTYPE html><html><title>Buy this domain</title></html>")
    answers: dict[str, Any] = {
        "lavoir.example/": (200, HTML, PAGE),
        "gone.example/": (404, HTML, b"<p>gone"),
        "parked.example/": parked,
        "moved.example/": (302, {"Location": "https://lavoir.example/"}, b""),
    }
    origins = tmp_path / "origins.json"
    base = ["--labs", str(tmp_path / "labs.parquet"), "--week", "2026-W42", "--archive", str(tmp_path / "archive")]
    command = [sys.executable, "-m", "crawlers.lab_websites", *base]
    with site(answers, origins, "lavoir.example", "gone.example", "parked.example", "moved.example"):
        live = [*command, "--out", str(tmp_path / "live.parquet"), "--origins", str(origins)]
        done = subprocess.run(live, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
    replay = [*command, "--out", str(tmp_path / "replay.parquet"), "--replay"]
    done = subprocess.run(replay, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "live.parquet").read_bytes() == (tmp_path / "replay.parquet").read_bytes()
    rows = {row["lab_id"][4]: row for row in pq.read_table(tmp_path / "live.parquet").to_pylist()}
    assert sorted(rows) == ["a", "b", "c", "d", "f"]
    assert (rows["a"]["status"], rows["a"]["last_modified_on"], rows["a"]["is_moved"]) == (200, "2026-10-05", False)
    assert (rows["b"]["status"], rows["b"]["failure"]) == (404, "gone")
    assert rows["c"]["is_parked"]
    assert rows["d"]["is_moved"]
    assert (rows["f"]["status"], rows["f"]["failure"]) == (None, "unreachable")


def test_a_missing_table_or_archive_is_a_user_error_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--week", "2026-W42", "--archive", str(tmp_path), "--out", str(tmp_path / "x.parquet"), "--replay"]
    assert main(["--labs", str(tmp_path / "none.parquet"), *words]) == 2
    pq.write_table(pa.table({"lab_id": ["lab-aaaaaaaaaaaaa"], "website": ["https://a.example/"]}), tmp_path / "labs")
    assert main(["--labs", str(tmp_path / "labs"), *words]) == 2
    assert capsys.readouterr().err.count("\n") == 2
