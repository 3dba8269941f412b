"""What became of a week to one short message, posted to a webhook; a message that fails never fails the week."""

import asyncio
import http.client
import ipaddress
import json
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flows.planning.plan import NOT_ASKED
from warehouse.report.untrusted import plain
from warehouse.schema import UserError

logger = logging.getLogger(__name__)

LIMIT_S = 10.0
"""Longest time the whole post may take: nobody waits for a chat."""
LONGEST = 1_500
"""Characters of a message; what a phone shows without scrolling for ever."""
_NAMED = 6
"""So many sources are named; the others are counted."""
# Chat services read these as markup, links, mentions or code; what stands here came from strangers' servers.
_INERT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@\u2060", "`": "'", "*": "∗",
                        "[": "(", "]": ")", "|": "¦", "~": "∼"})  # fmt: skip


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None  # a message goes where the operator sent it, nowhere else


def require_webhook(url: str) -> str:
    """Return the address when messages may be posted to it: https, or http to this machine.

    Raises: UserError, which shows the host alone: the rest of such an address is a secret.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if host and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))):
        return url
    raise UserError(f"LABS_WEBHOOK_URL: messages are posted over https, or http to this machine, not to {host!r}")


def message(week: str, result: str, why: str | None, sources: Sequence[dict[str, Any]]) -> str | None:
    """Return what is to be told of a week, None when all went well.

    Args:
        week: the ISO week.
        result: what became of it; `held` and `failed` are told.
        why: the reason, when there is one.
        sources: rows of the week's table `sources`; those that gave nothing to believe are told.
    """
    told = []
    if result in ("held", "failed"):
        told.append(f"{week} {result}: {_inert(why or 'no reason given', 600)}")
    for state in ("carried_forward", "failed", "blocked", "skipped"):
        if of_state := [row for row in sources if row["state"] == state and row["failure"] not in NOT_ASKED]:
            named = ", ".join(_source(row) for row in of_state[:_NAMED])
            more = f" and {len(of_state) - _NAMED} more" if len(of_state) > _NAMED else ""
            told.append(f"{len(of_state)} of {len(sources)} sources {state.replace('_', ' ')}: {named}{more}")
    if not told:
        return None
    first = "lab-registry: " if result in ("held", "failed") else f"lab-registry: {week} {result}. "
    return (first + "\n".join(told))[:LONGEST]


async def notify(url: str | None, text: str | None) -> bool:
    """Post the text to the webhook; tell whether it arrived. Without a webhook or a text there is nothing to do."""
    if url is None or text is None:
        return False
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    said: list[str | None] = []

    def post() -> None:
        said.append(_post(url, text))
        with suppress(RuntimeError):  # the loop is closed: nobody waited for the answer any more
            loop.call_soon_threadsafe(done.set)

    # A thread nobody waits for at the end: a server that answers a byte a second holds no run.
    threading.Thread(target=post, name="notify", daemon=True).start()
    try:
        await asyncio.wait_for(done.wait(), LIMIT_S)
        failure = said[0]
    except TimeoutError:
        failure = f"no answer within {LIMIT_S:.0f} s"
    if failure:
        logger.warning("nobody was notified: %s: %s", urlsplit(url).hostname, plain(failure, 200))
    return failure is None


async def tell_failure(flow: Any, flow_run: Any, state: Any) -> None:
    """Say that a run failed or crashed: the hook of a flow."""
    from flows.settings import Settings

    await notify(Settings.read().webhook_url, message(str(flow_run.name), "failed", state.message, []))


def _post(url: str, text: str) -> str | None:
    """Return why the post failed, None when the server took it."""
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    asked = Request(url, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "lab-registry"})  # noqa: S310  # require_webhook
    try:
        with build_opener(_NoRedirect).open(asked, timeout=LIMIT_S):
            return None
    except HTTPError as error:
        return f"HTTP {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return type(error).__name__  # its text may hold the address, which is a secret


def _source(row: dict[str, Any]) -> str:
    since = f" since {row['listings_week']}" if row["state"] == "carried_forward" and row["listings_week"] else ""
    return f"{_inert(row['source'], 40)} ({_inert(row['failure'] or 'no answer', 40)}{since})"


def _inert(text: str, limit: int) -> str:
    return plain(text, limit).translate(_INERT)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
