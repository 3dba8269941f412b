"""The table of sources to the credits their licences ask for."""

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

_INTRODUCTION = """# Attribution

Lab registry, week {week}, edition `{edition}`, licence {licence}.
Who uses it credits the sources below, with the date of their last answer.

"""


def text(sources: pa.Table, *, week: str, edition: str, licence: str) -> str:
    """Return the Markdown text: one item a source that has listings in the edition."""
    credited = [row for row in sources.to_pylist() if row["listings"]]
    lines = [_INTRODUCTION.format(week=week, edition=edition, licence=licence)]
    lines += [_credit(row) for row in credited]
    return "".join(lines)


def _credit(row: Mapping[str, Any]) -> str:
    fetched = row["fetched_at"].date().isoformat() if row["fetched_at"] else "date unknown"
    terms = f", {_plain(row['terms_url'])}" if row["terms_url"] else ""
    return f"- `{row['source']}`: {_plain(row['attribution'] or row['source'])} ({row['licence']}{terms}; {fetched})\n"


def _plain(value: str) -> str:
    return re.sub(r"[\x00-\x1f<>`\[\]]", " ", value).strip()
