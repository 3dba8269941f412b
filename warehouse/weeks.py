"""ISO weeks: the logical time of the registry, from `2026-W42` to its Monday."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from warehouse.schema import UserError

_WRITTEN = re.compile(r"([0-9]{4})-W([0-9]{2})")


class BadWeek(UserError):
    """A text that names no ISO week."""


@dataclass(frozen=True, order=True)
class Week:
    """One ISO week; weeks sort by time."""

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse a week the calendar does not have."""
        try:
            date.fromisocalendar(self.year, self.number, 7)
        except ValueError:
            raise BadWeek(f"no such week: {self}") from None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the week written as `2026-W42`.

        Raises: BadWeek for any other spelling and for a week 53 the year does not have.
        """
        found = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise BadWeek(f"not a week: {str(text)[:40]!r} (write 2026-W42)")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the week the day falls in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def span(cls, first: Self, last: Self) -> Iterator[Self]:
        """Return every week from first to last, both included; none when last is before first."""
        for offset in range(last.weeks_since(first) + 1):
            yield first.plus(offset)

    @property
    def monday(self) -> date:
        """The first day of the week, and the date of its snapshot."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def previous(self) -> Self:
        """The week before."""
        return self.plus(-1)

    @property
    def next(self) -> Self:
        """The week after."""
        return self.plus(1)

    def plus(self, weeks: int) -> Self:
        """Return the week so many weeks later; earlier when negative."""
        return self.of(self.monday + timedelta(weeks=weeks))

    def weeks_since(self, earlier: "Week") -> int:
        """Return how many weeks after `earlier` this week is; negative when before it."""
        return (self.monday - earlier.monday).days // 7

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"
