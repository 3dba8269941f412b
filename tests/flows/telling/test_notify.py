"""A message is short, inert and posted where the operator said, and a webhook that fails is a log line."""

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from flows.settings import Settings
from flows.telling import notify as notifying
from flows.telling.notify import message, notify
from tests.webhook import Hook, listening
from warehouse.schema import UserError


@pytest.fixture
def hook() -> Iterator[Hook]:
    with listening() as served:
        yield served


def state(source: str, state: str = "ok", failure: str | None = None) -> dict[str, Any]:
    return {"source": source, "state": state, "failure": failure, "listings_week": "2026-W41"}


def test_a_message_arrives_as_json(hook: Hook) -> None:
    assert asyncio.run(notify(hook.url, "lab-registry: 2026-W42 held: élan"))
    assert hook.got == [
        ("/services/SECRET", "application/json; charset=utf-8", {"text": "lab-registry: 2026-W42 held: élan"})
    ]  # fmt: skip


def test_nothing_is_posted_when_all_went_well(hook: Hook) -> None:
    assert message("2026-W42", "published", None, [state("fablabs_io")]) is None
    assert not asyncio.run(notify(hook.url, None))
    assert not asyncio.run(notify(None, "text"))
    assert hook.got == []


def test_a_message_says_week_reason_and_sources() -> None:
    rows = [
        state("a"),
        state("b", "carried_forward", "remark"),
        state("c", "failed", "gone"),
        state("d", "blocked", "robots"),
    ]
    assert message("2026-W42", "published", None, rows) == (
        "lab-registry: 2026-W42 published. 1 of 4 sources carried forward: b (remark since 2026-W41)\n"
        "1 of 4 sources failed: c (gone)\n"
        "1 of 4 sources blocked: d (robots)"
    )
    assert message("2026-W42", "held", "labs_removed of snapshot: 0.4", rows[:1]) == (
        "lab-registry: 2026-W42 held: labs_removed of snapshot: 0.4"
    )


def test_many_sources_are_counted_and_the_message_stays_short() -> None:
    text = message("2026-W42", "held", "x " * 5_000, [state(f"source_{n}", "failed", "gone") for n in range(300)])
    assert text is not None
    assert len(text) <= notifying.LONGEST
    assert "and 294 more" in text


def test_what_strangers_wrote_is_inert() -> None:
    hostile = (
        "<!channel> @everyone <https://evil.example|click> `rm` *b* _i_ [x](http://evil.example)\n\u202egnp\x1b[31m"
    )
    text = message("2026-W42", "failed", hostile, [])
    assert text is not None
    assert not set("<>`*[]|\x1b\u202e\n") & set(text)
    assert "@everyone" not in text


@pytest.mark.parametrize(
    ("status", "headers", "says"),
    [(500, {}, "HTTP 500"), (404, {}, "HTTP 404"), (302, {"Location": "http://127.0.0.1:1/other"}, "HTTP 302")],
)
def test_a_webhook_that_refuses_is_a_line_without_its_secret(
    hook: Hook, caplog: pytest.LogCaptureFixture, status: int, headers: dict[str, str], says: str
) -> None:
    hook.status, hook.headers = status, headers
    with caplog.at_level(logging.WARNING, "flows"):
        assert not asyncio.run(notify(hook.url, "text"))
    assert [record.getMessage() for record in caplog.records] == [f"nobody was notified: 127.0.0.1: {says}"]


def test_a_webhook_that_does_not_answer_holds_nobody(
    hook: Hook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifying, "LIMIT_S", 0.2)
    hook.wait_s = 5
    started = time.monotonic()
    with caplog.at_level(logging.WARNING, "flows"):
        assert not asyncio.run(notify(hook.url, "text"))
    assert time.monotonic() - started < 4
    assert "nobody was notified" in caplog.text
    assert not asyncio.run(notify("http://127.0.0.1:1/", "text"))


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example/SECRET", "http://10.0.0.1/SECRET", "ftp://127.0.0.1/SECRET", "SECRET", "https://:x/SECRET"],
)
def test_a_webhook_in_the_clear_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LABS_WEBHOOK_URL", url)
    with pytest.raises(UserError, match="LABS_WEBHOOK_URL") as refused:
        Settings.read()
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://hooks.example/x", "http://localhost:1/x", "http://[::1]:1/x"])
def test_a_webhook_over_https_or_to_this_machine_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LABS_WEBHOOK_URL", url)
    assert Settings.read().webhook_url == url
    assert url not in repr(Settings.read())
