"""A terminal to single keys: each at once and unechoed, until the terminal is given back."""

import os
import select
import sys
import termios
import tty
from types import TracebackType
from typing import Self

ESCAPE, END = "\x1b", ("", "\x04")
"""What arrow and function keys begin with; the end of the input."""

PARAMETERS = frozenset("0123456789:;<=>?")
"""What may stand between the beginning and the last character of such a key (ECMA-48, 5.4)."""

FOLLOWS_WITHIN_S = 0.05
"""Time within which the rest of an arrow or function key follows."""


class Keys:
    """The keys of the terminal on standard input, while the block runs."""

    def __enter__(self) -> Self:
        """Take the terminal."""
        self._terminal = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give the terminal back as it was."""
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    def next(self) -> str:
        """Return the next key; one of `END` at the end of the input, `ESCAPE` for any arrow or function key."""
        key = self._read()
        if key == ESCAPE and select.select([self._terminal], [], [], FOLLOWS_WITHIN_S)[0]:
            kind = self._read()
            if kind == "O":
                self._read()
            while kind == "[" and self._read() in PARAMETERS:
                pass
        return key

    def _read(self) -> str:
        return os.read(self._terminal, 1).decode("ascii", "replace")

    def line(self, prompt: str) -> str:
        """Return a line typed and edited as usual; empty at the end of the input."""
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)
        try:
            sys.stdout.write(prompt)
            sys.stdout.flush()
            return sys.stdin.readline()
        finally:
            tty.setcbreak(self._terminal, termios.TCSADRAIN)
