"""Every source there is, as declarations; importing this module neither loads Scrapy nor reads a file."""

import re
from importlib import import_module, util
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from crawlers.declaration import SourceInfo
from warehouse.schema import UserError
from warehouse.schema.listing import SOURCE_PATTERN

if TYPE_CHECKING:
    from crawlers.source import Source

SPIDERS = "crawlers.spiders"


class UnknownSource(UserError):
    """No source has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown source {name!r}: labs sources lists them")


def names() -> tuple[str, ...]:
    """Return the name of every source, sorted; no spider is loaded."""
    return tuple(sorted(module.name for module in iter_modules(import_module(SPIDERS).__path__)))


def sources() -> list[SourceInfo]:
    """Return the declaration of every source, the most trusted first."""
    found = [spider(name).info for name in names()]
    return sorted(found, key=lambda info: (info.rank, info.name))


def spider(name: str) -> "type[Source]":
    """Return the spider class of a source.

    Raises: UnknownSource.
    """
    if not re.match(SOURCE_PATTERN, name) or util.find_spec(f"{SPIDERS}.{name}") is None:
        raise UnknownSource(name)
    from crawlers.source import Source

    module = import_module(f"{SPIDERS}.{name}")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Source) and value.__module__ == module.__name__
    )


def rows() -> list[dict[str, Any]]:
    """Return one JSON-able row a source: what `labs sources --format json` prints."""
    return [_row(info) for info in sources()]


def table() -> str:
    """Return the sources as an aligned text table: what `labs sources` prints."""
    head = ("rank", "source", "coverage", "licence", "fields", "cadence", "title")
    lines = [head] + [
        (
            str(info.rank),
            info.name,
            info.coverage,
            info.terms.licence,
            info.terms.fields_permitted,
            info.cadence,
            info.title,
        )
        for info in sources()
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _row(info: SourceInfo) -> dict[str, Any]:
    terms, expected = info.terms, info.expectations
    plain = {key: value for key, value in vars(info).items() if key not in ("terms", "expectations", "hosts")}
    return plain | {
        "hosts": list(info.hosts),
        "licence": terms.licence,
        "licence_layer": terms.layer,
        "attribution": terms.attribution,
        "terms_url": terms.terms_url,
        "terms_checked_on": terms.checked_on.isoformat(),
        "is_share_alike": terms.is_share_alike,
        "fields_permitted": terms.fields_permitted,
        "expected_listings": list(expected.listings),
        "expected_coordinates_share": expected.with_coordinates,
        "expected_filled_shares": dict(expected.filled),
    }
