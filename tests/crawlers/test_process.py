"""A spider process tells the truth by its exit status and leaves all of its tables or none."""

import json
from pathlib import Path

import pytest

from crawlers.__main__ import main
from crawlers.archive import WarcReader
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.process.crawl import finished
from crawlers.settings import DEPTH_LIMIT
from tests.crawlers.frozen import PAGES
from tests.crawlers.spider_process import crawl, site

LABS = (PAGES / "fablabs_io" / "labs.json").read_bytes()
JSON = {"Content-Type": "application/json"}


def test_a_replay_gives_the_bytes_of_the_crawl_and_asks_nobody(tmp_path: Path) -> None:
    origins, archive = tmp_path / "origins.json", tmp_path / "archive"
    with site({"www.fablabs.io/api/labs": (200, JSON, LABS)}, origins, "www.fablabs.io") as asked:
        live = crawl("fablabs_io", archive, tmp_path / "live", "--origins", str(origins))
        assert asked == [f"www.fablabs.io/{page}" for page in ("robots.txt", "api/labs", "sitemap.xml.gz")]
        # a week is fetched once: with its archive there, the same command asks nobody
        again = crawl("fablabs_io", archive, tmp_path / "again", "--origins", str(origins))
        assert len(asked) == 3
    replay = crawl("fablabs_io", archive, tmp_path / "replay", "--replay")
    assert [live.status, again.status, replay.status] == [0, 0, 0], live.stderr + replay.stderr
    for name in ("listings.parquet", "rejections.parquet", "unanswered.parquet", "pages.parquet", "source.json"):
        assert (live.out / name).read_bytes() == (replay.out / name).read_bytes() == (again.out / name).read_bytes()
    assert live.state["state"] == "ok"
    assert live.state["robots"] == "allowed"
    assert (live.state["listings"], live.state["rejections"], live.state["requests"]) == (4, 4, 3)


def test_robots_and_every_page_stand_in_the_archive_at_the_offset_the_table_says(tmp_path: Path) -> None:
    origins, archive = tmp_path / "origins.json", tmp_path / "archive"
    with site({"www.fablabs.io/api/labs": (200, JSON, LABS)}, origins, "www.fablabs.io"):
        ended = crawl("fablabs_io", archive, tmp_path / "out", "--origins", str(origins))
    pages = ended.rows("pages")
    assert {page["url"]: page["status"] for page in pages} == {
        "https://www.fablabs.io/robots.txt": 404,
        "https://www.fablabs.io/api/labs": 200,
        "https://www.fablabs.io/sitemap.xml.gz": 404,
    }
    reader = WarcReader(archive / pages[0]["warc_file"])
    for page in pages:
        exchange = reader.find(page["request"])
        assert exchange is not None
        assert exchange.offset == page["warc_offset"]
    assert {row["page_sha256"] for row in ended.rows("listings")} <= {page["sha256"] for page in pages}


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ((200, JSON, LABS[:-200]), Failure.TRUNCATED),
        ((200, JSON | {"Connection": "close"}, LABS[:-200]), Failure.PARTIAL),
        ((404, {}, b"gone"), Failure.GONE),
    ],
)
def test_half_an_answer_is_a_failure_with_empty_tables_and_its_evidence_kept(
    tmp_path: Path, answer: tuple[int, dict[str, str], bytes], failure: Failure
) -> None:
    origins, archive = tmp_path / "origins.json", tmp_path / "archive"
    with site({"www.fablabs.io/api/labs": answer}, origins, "www.fablabs.io"):
        ended = crawl("fablabs_io", archive, tmp_path / "out", "--origins", str(origins))
    assert ended.status == 1
    assert (ended.state["state"], ended.state["failure"]) == ("failed", failure)
    assert ended.state["evidence"]
    assert [ended.rows(table) for table in ("listings", "rejections", "unanswered", "pages")] == [[]] * 4
    assert [path.name for path in (archive / "week=2026-W42").iterdir()] == ["fablabs_io.failed.warc.gz"]
    replay = crawl("fablabs_io", archive, tmp_path / "replay", "--replay")
    assert (replay.status, replay.state) == (1, ended.state)


def test_a_host_the_origins_map_does_not_name_is_never_asked(tmp_path: Path) -> None:
    long = "https://near.example/" + "x" * 10_000
    entries = {"Near": "https://near.example/api", "Far": "https://far.example/api", "Odd": "ftp://x/y", "Long": long}
    directory = json.dumps(entries)
    near = (PAGES / "spaceapi" / "v15.json").read_bytes()
    answers = {"directory.spaceapi.io/": (200, JSON, directory.encode()), "near.example/api": (200, JSON, near)}
    origins = tmp_path / "origins.json"
    with site(answers, origins, "directory.spaceapi.io", "near.example"):
        ended = crawl("spaceapi", tmp_path / "archive", tmp_path / "out", "--origins", str(origins))
    assert ended.status == 0, ended.stderr
    assert (ended.state["listings"], ended.state["unanswered"]) == (1, 3)
    assert not [page for page in ended.rows("pages") if "far.example" in page["url"]]
    replay = crawl("spaceapi", tmp_path / "archive", tmp_path / "replay", "--replay")
    assert replay.state == ended.state


@pytest.mark.parametrize(("reason", "depth"), [("finished", DEPTH_LIMIT), ("closespider_timeout", 3), ("shutdown", 0)])
def test_a_crawl_that_stopped_before_its_end_is_worth_nothing(reason: str, depth: int) -> None:
    with pytest.raises(CrawlFailed) as caught:
        finished(reason, depth)
    assert caught.value.failure == Failure.BUDGET
    finished("finished", DEPTH_LIMIT - 1)


def test_a_source_whose_hosts_the_origins_map_does_not_name_is_not_even_started(tmp_path: Path) -> None:
    (tmp_path / "origins.json").write_text('{"www.fablabs.io": "http://127.0.0.1:9"}')
    ended = crawl("makery", tmp_path / "archive", tmp_path / "out", "--origins", str(tmp_path / "origins.json"))
    assert ended.status == 1
    assert (ended.state["failure"], ended.state["requests"]) == ("unreachable", 0)
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"SOURCE": "nowhere"}, "unknown source 'nowhere'"),
        ({"SOURCE": "../etc"}, "unknown source"),
        ({"--week": "2026-W60"}, "bad week '2026-W60'"),
        ({"--week": "2026-42"}, "bad week"),
        ({"--origins": "missing.json"}, "origins file"),
        ({"--origins": "list.json"}, "a JSON object host -> base URL is wanted"),
        ({"--origins": "bad.json"}, "not a host and an http(s) base URL"),
        ({"--replay": ""}, "no archive to replay"),
        ({}, "sites are asked only by name"),
    ],
)
def test_a_user_error_is_one_line_and_status_2_and_nothing_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABS_CONTACT_URL", raising=False)
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "bad.json").write_text('{"www.fablabs.io": "file:///etc"}')
    given = {"--week": "2026-W42", "--archive": "archive", "--out": "out"} | change
    source = given.pop("SOURCE", "fablabs_io")
    words = [word for option, value in given.items() for word in (option, value) if word]
    assert main([source, *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "archive").exists()


def test_a_damaged_archive_is_a_user_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warc = tmp_path / "week=2026-W42" / "fablabs_io.warc.gz"
    warc.parent.mkdir()
    warc.write_bytes(b"\x1f\x8b\x08\x00half")
    words = ["fablabs_io", "--week", "2026-W42", "--archive", str(tmp_path), "--out", str(tmp_path / "out"), "--replay"]
    assert main(words) == 2
    assert "fablabs_io.warc.gz is damaged" in capsys.readouterr().err
