"""A proposal to the files of a new source: spider, frozen page, and golden rows that fail until a person reads them."""

import json
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from crawlers.scaffold.proposal import Proposal

UNREAD = "nobody has read these rows yet: look at the page, correct the spider, run pytest --accept, and read the diff"


@dataclass(frozen=True)
class NewSource:
    """What a person asks for: a name, the page to look at, and the day it was looked at."""

    name: str
    url: str
    today: date


class SourceExists(FileExistsError):
    """A source of that name is there already."""


def write(root: Path, source: NewSource, proposal: Proposal, page: tuple[str, str]) -> list[Path]:
    """Write the files of the source under the root of the repository and return their paths.

    Raises: SourceExists; nothing is written then.
    """
    spider = root / "crawlers" / "spiders" / f"{source.name}.py"
    folder = root / "tests" / "pages" / source.name
    if spider.exists() or folder.exists():
        raise SourceExists(f"{source.name}: {spider if spider.exists() else folder} exists already")
    body, ending = page
    answer = [{"url": first_url(proposal, source.url), "file": f"page.{ending}", "content_type": _KINDS[ending]}]
    wanted = {
        spider: spider_code(source, proposal),
        folder / f"page.{ending}": body,
        folder / "pages.json": json.dumps(answer, indent=1) + "\n",
        folder / "golden.json": json.dumps({"unread": UNREAD}, indent=1) + "\n",
    }
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(wanted)


def spider_code(source: NewSource, proposal: Proposal) -> str:
    """Return the code of the spider. What the site says of itself stands in it as literals only."""
    environment = Environment(
        loader=PackageLoader("crawlers.scaffold"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - it makes Python, where every foreign value is a literal
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = literal
    return environment.get_template("spider.py.jinja").render(
        name=source.name,
        class_name="".join(part.capitalize() for part in source.name.split("_") if part),
        host=urlsplit(source.url).netloc,
        proposal=proposal,
        today=source.today,
    )


_KINDS = {"json": "application/json", "csv": "text/csv"}


def first_url(proposal: Proposal, url: str) -> str:
    """Return the URL the spider will ask first: the frozen page must answer that, not the one looked at."""
    if proposal.base is None:
        return url
    base = getattr(import_module(f"crawlers.platforms.{proposal.module}"), proposal.base)
    made = type("Proposed", (base,), {"name": "proposed", **proposal.attributes})
    return str(next(iter(made().requests())).url)


def literal(value: Any) -> str:
    """Return a value of a site as a Python literal in the quotes this house uses."""
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
