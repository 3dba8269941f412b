"""robots.txt is read by RFC 9309, and conservatively where the RFC leaves a choice."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.guards.robots.rules import Rules, decoded, rules

AGENT = "LabRegistryBot"
FORBIDS = "User-agent: *\nDisallow: /private\n"


def verdict(body: str | bytes, url: str = "https://lab.fr/private/x", status: int = 200) -> str:
    return rules(status, body.encode() if isinstance(body, str) else body, AGENT).verdict(url)


@pytest.mark.parametrize(
    "body",
    [
        FORBIDS,
        "\ufeff" + FORBIDS,
        FORBIDS.replace("\n", "\r\n"),
        FORBIDS.replace("\n", "\r"),
        f"User-agent: {AGENT}\nDisallow: /\n\nUser-agent: *\nAllow: /\n",
        f"User-agent: {AGENT.lower()}\nDisallow: /\n",
        "user-agent: *\ndisallow: /*/x$\n",
        FORBIDS + "# padding\n" * 60_000,
        "User-agent: *\nDisallow: /pr%69vate\n",
    ],
)
def test_rule_that_forbids_is_obeyed(body: str) -> None:
    assert verdict(body) == "disallowed"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "User-agent: *\nDisallow:\n",
        "User-agent: OtherBot\nDisallow: /\n",
        f"User-agent: *\nDisallow: /\n\nUser-agent: {AGENT}\nAllow: /\n",
        "User-agent: *\nDisallow: /private\nAllow: /private/x\n",
        "<!DOCTYPE html><html><body>User-agent: *\nDisallow: /</body></html>",
        "  <html><title>404</title>",
    ],
)
def test_what_forbids_nothing_allows(body: str) -> None:
    assert verdict(body) == "allowed"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_utf_16_and_byte_order_marks_are_decoded(encoding: str) -> None:
    assert verdict(FORBIDS.encode(encoding)) == "disallowed"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, "disallowed"),
        (206, "disallowed"),
        (400, "allowed"),
        (404, "allowed"),
        (410, "allowed"),
        (451, "allowed"),
        (401, "disallowed"),
        (403, "disallowed"),
        (429, "unreachable"),
        (500, "unreachable"),
        (503, "unreachable"),
        (302, "unreachable"),
        (304, "unreachable"),
    ],
)
def test_status_of_the_answer_decides(status: int, expected: str) -> None:
    assert verdict(FORBIDS, status=status) == expected


def test_only_500_kib_are_read_and_no_half_line() -> None:
    padding = "# padding of a line\n" * (500 * 1024 // 20 - 1)
    cut_line = "User-agent: *\nDisallow: /".ljust(40)
    assert verdict(padding + cut_line + "public\n", "https://lab.fr/other") == "allowed"
    assert verdict(FORBIDS + padding + "User-agent: *\nAllow: /private\n") == "disallowed"


@pytest.mark.parametrize(
    ("line", "delay", "expected"),
    [
        ("Crawl-delay: 3", 3.0, "allowed"),
        ("Crawl-delay: 0.5", 0.5, "allowed"),
        ("Crawl-delay: 30", 30.0, "allowed"),
        ("Crawl-delay: 3600", 3600.0, "disallowed"),
        ("Request-rate: 1/10s", 10.0, "allowed"),
        ("Crawl-delay: soon", 0.0, "allowed"),
        ("Crawl-delay: -1", 0.0, "allowed"),
        ("Crawl-delay: nan", 0.0, "allowed"),
        ("Crawl-delay: inf", 0.0, "allowed"),
    ],
)
def test_delay_is_read_and_one_beyond_the_cap_is_a_no(line: str, delay: float, expected: str) -> None:
    found = rules(200, f"User-agent: *\n{line}\n".encode(), AGENT)
    assert found.delay == delay
    assert found.verdict("https://lab.fr/") == expected


def test_hostile_patterns_take_no_time() -> None:
    body = "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 200}{n}b\n" for n in range(500))
    started = time.process_time()
    assert verdict(body, "https://lab.fr/" + "a" * 2000) == "allowed"
    assert time.process_time() - started < 2


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(body: bytes) -> None:
    decoded(body)
    assert rules(200, body, AGENT).verdict("https://lab.fr/") in ("allowed", "disallowed")


def test_rules_without_delay_or_rules_allow() -> None:
    assert Rules("none").verdict("https://lab.fr/") == "allowed"
