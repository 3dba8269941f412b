"""`labs review` on a real terminal: one key a verdict, written at once, taken up again where it was left."""

import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dedupe.judgements import read
from flows.cli import run
from tests.dedupe.labs import doubtful

PATIENCE_S = 60.0
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eover\r\nhere"


class Terminal:
    """A process on a pseudo terminal of its own."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.end, inside = pty.openpty()
        command = [sys.executable, "-m", "flows.cli", "review", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "TERM": "xterm", "COLUMNS": "150"}
        self.process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, cwd=cwd, env=environment, start_new_session=True
        )
        os.close(inside)
        self.seen = ""

    def until(self, wanted: str) -> str:
        """Return what was shown since the last call, up to and with the wanted text."""
        text = b""
        while wanted not in text.decode("utf-8", "replace"):
            ready, _, _ = select.select([self.end], [], [], PATIENCE_S)
            assert ready, f"no {wanted!r} after {text.decode()!r}"
            try:
                text += os.read(self.end, 65536)
            except OSError:  # the terminal is closed
                raise AssertionError(f"no {wanted!r} before the end: {text.decode()!r}") from None
        return text.decode("utf-8", "replace")

    def press(self, keys: str) -> None:
        os.write(self.end, keys.encode())

    def status(self) -> int:
        code = self.process.wait(timeout=PATIENCE_S)
        os.close(self.end)
        return code


@pytest.fixture
def source(tmp_path: Path) -> Path:
    pq.write_table(doubtful(description=HOSTILE, alt_names=["\x1b\x07\u202e"]), tmp_path / "in.parquet")
    return tmp_path / "in.parquet"


def test_a_review_is_left_and_taken_up_again(source: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.csv"
    one = Terminal("in.parquet", "--judgements", "judged.csv", "--by", "ada", cwd=tmp_path)
    screen = one.until("[q] quit")
    assert all(words in screen for words in ("atlas/Ville", "wiki/Ville", "log-odds", "cities alike", " now; "))
    one.press("x\x1b[D\x1b[d")  # an unknown key, the left arrow, and it with shift in rxvt: none judges
    one.press("w")
    one.until("why: ")
    one.press("saw it\n")
    one.press("s")
    one.until("[q] quit")
    first = read(file)
    assert [(each.verdict, each.by, each.why) for each in first] == [("same", "ada", "saw it")]
    one.press("d")
    one.until("[q] quit")
    one.press("n")
    one.until("[q] quit")
    one.press("q")
    assert "2 judged" in one.until("left: judged.csv")
    assert one.status() == 0

    two = Terminal("in.parquet", "--judgements", "judged.csv", "--by", "bob", cwd=tmp_path)
    two.until("[q] quit")
    two.press("u")
    two.until("[q] quit")
    os.killpg(two.process.pid, signal.SIGKILL)
    two.status()
    judged = read(file)
    assert [(each.verdict, each.by) for each in judged] == [("same", "ada"), ("different", "ada"), ("unsure", "bob")]
    assert len({frozenset((each.left, each.right)) for each in judged}) == 3


def test_hostile_names_reach_no_terminal(source: Path, tmp_path: Path) -> None:
    terminal = Terminal("in.parquet", "--by", "ada", cwd=tmp_path)
    screen = terminal.until("[q] quit")
    assert "over here" in screen
    assert not any(mark in screen for mark in ("\x1b[2J", "\x1b]0", "\x07", "\x9b", "\u202e", "over\r"))
    os.killpg(terminal.process.pid, signal.SIGINT)
    assert "0 judged" in terminal.until("left: judgements.csv")
    assert terminal.status() == 0
    assert not (tmp_path / "judgements.csv").exists()


def test_without_a_terminal_nobody_is_asked(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["review", str(source)]) == 2
    assert capsys.readouterr().err == "labs: labs review asks a person: run it in a terminal\n"
