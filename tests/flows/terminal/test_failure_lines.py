"""What the world does to a run is one line and exit status 1; a bug keeps its traceback."""

import errno
import os
import sqlite3

import httpx
import pytest

from flows.terminal.misuse import line_of


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "disk full: no space left"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "quota"),
        (sqlite3.OperationalError("database or disk is full"), "disk full"),
        (httpx.ConnectError("All connection attempts failed"), "the Prefect server does not answer (ConnectError)"),
        (httpx.ReadTimeout("timed out"), "unset PREFECT_API_URL"),
    ],
)
def test_what_the_world_does_is_one_line(error: Exception, says: str) -> None:
    line, code = line_of(error)
    assert code == 1
    assert line is not None
    assert says in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError(errno.ENOENT, "no such file"), sqlite3.OperationalError("x")]
)
def test_a_bug_keeps_its_traceback(error: Exception) -> None:
    assert line_of(error)[0] is None
