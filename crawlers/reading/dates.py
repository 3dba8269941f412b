"""What a source writes for a date to a date, or nothing when it is a placeholder or no date."""

import re
from datetime import UTC, date, datetime
from typing import Any

# fmt: off
_MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin",
           "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
# fmt: on
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:\D|$)")
_EUROPEAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\D|$)")
_FRENCH = re.compile(r"(?:(\d{1,2})(?:er)?\s+)?([a-zéû]+)\.?\s+(\d{4})$", re.I)
# no lab list is older, and 1970-01-01 is the clock of a machine that was not told the time
_EARLIEST = date(1970, 1, 2)
_LATEST = date(2100, 1, 1)


def day(value: Any) -> date | None:
    """Return the date of an ISO, d/m/Y, "Octobre 2020" or Unix timestamp value; a month alone is its first day.

    None for placeholders (1970-01-01, 0000-00-00), for dates outside 1970 to 2100 and for what is no date.
    """
    found = _read(value)
    return found if found is not None and _EARLIEST <= found < _LATEST else None


def _read(value: Any) -> date | None:
    if isinstance(value, dict):  # Mongo {"sec": ...}, SMW {"timestamp": ...}
        return _read(value.get("timestamp", value.get("sec", value.get("date"))))
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_timestamp(float(value))
    return _from_text(str(value).strip())


def _from_text(text: str) -> date | None:
    if re.fullmatch(r"\d{9,13}", text):
        return _from_timestamp(float(text))
    if match := _ISO.match(text):
        return _date(match[1], match[2], match[3])
    if match := _EUROPEAN.match(text):
        return _date(match[3], match[2], match[1])
    if (match := _FRENCH.match(text)) and match[2].lower() in _MONTHS:
        return _date(match[3], str(_MONTHS.index(match[2].lower()) + 1), match[1] or "1")
    return None


def _from_timestamp(seconds: float) -> date | None:
    seconds = seconds / 1000 if seconds > 1e11 else seconds  # JavaScript counts milliseconds
    return datetime.fromtimestamp(seconds, UTC).date() if 0 < seconds < 4e9 else None


def _date(year: str, month: str, day_of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None
