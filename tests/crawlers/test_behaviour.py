"""A spider is polite and hardened by default, waits for nobody on its own machine, and asks nobody in a replay."""

from pathlib import Path
from typing import Any

import pytest

from crawlers.pages.download import NotInOrigins, mapped
from crawlers.pages.origins import loopback_hosts
from crawlers.settings import Run, settings

NEAR = {"a.example": "http://127.0.0.1:8000/a.example", "b.example:8080": "http://localhost:9"}
FAR = {"a.example": "https://mirror.example/a"}


def told(*, is_replay: bool = False, origins: dict[str, str] | None = None) -> dict[str, Any]:
    contact = "https://labs.example/bot"
    return settings(Run(archive_file=Path("x"), is_replay=is_replay, contact=contact, origins=origins))


def test_a_crawl_names_itself_obeys_robots_and_waits() -> None:
    found = told()
    assert found["USER_AGENT"] == "LabRegistryBot/1.0 (+https://labs.example/bot)"
    assert found["USER_AGENT"].startswith(found["ROBOTSTXT_USER_AGENT"])
    assert found["ROBOTSTXT_OBEY"]
    assert found["DOWNLOAD_DELAY"] >= 2
    assert found["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1
    assert found["AUTOTHROTTLE_ENABLED"]


def test_what_scrapy_leaves_open_is_shut() -> None:
    found = told()
    for name in ("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "COOKIES_ENABLED", "METAREFRESH_ENABLED",
                 "HTTPPROXY_ENABLED"):  # fmt: skip
        assert found[name] is False
    assert found["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    assert found["DOWNLOAD_MAXSIZE"] <= 16 << 20
    assert found["DOWNLOAD_TIMEOUT"] <= 30
    assert found["REDIRECT_MAX_TIMES"] <= 5
    assert {scheme for scheme, handler in found["DOWNLOAD_HANDLERS"].items() if handler} == {"http", "https"}
    assert found["MEMUSAGE_LIMIT_MB"]
    assert found["CLOSESPIDER_TIMEOUT"]
    assert found["CLOSESPIDER_PAGECOUNT"]


@pytest.mark.parametrize("origins", [None, FAR, NEAR | FAR])
def test_waiting_ends_only_where_every_origin_is_this_machine(origins: dict[str, str] | None) -> None:
    assert told(origins=origins)["DOWNLOAD_DELAY"] >= 2
    assert told(origins=NEAR)["DOWNLOAD_DELAY"] == 0
    assert loopback_hosts(NEAR) == list(NEAR)


def test_a_replay_has_nothing_left_to_ask_the_network_with() -> None:
    found = told(is_replay=True)
    assert not any(found["DOWNLOAD_HANDLERS"].values())
    assert found["RETRY_TIMES"] == 0
    assert found["DOWNLOAD_DELAY"] == 0


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.example/api/labs?x=1&y=", "http://127.0.0.1:8000/a.example/api/labs?x=1&y="),
        ("https://a.example", "http://127.0.0.1:8000/a.example"),
        ("https://A.Example//x", "http://127.0.0.1:8000/a.example//x"),
        ("https://a.example?q=/x", "http://127.0.0.1:8000/a.example?q=/x"),
        ("https://a.example/x#y", "http://127.0.0.1:8000/a.example/x"),
        ("http://b.example:8080/x", "http://localhost:9/x"),
    ],
)
def test_a_mapped_url_keeps_its_path_and_query(url: str, target: str) -> None:
    assert mapped(url, NEAR) == target


@pytest.mark.parametrize(
    "url", ["https://c.example/", "https://b.example/", "https://a.example.evil/", "https://evil@c/"]
)
def test_a_host_that_is_not_named_is_never_mapped(url: str) -> None:
    with pytest.raises(NotInOrigins):
        mapped(url, NEAR)
