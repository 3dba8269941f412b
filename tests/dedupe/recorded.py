"""Real recorded lists of one dated week, in each source's own shape, as tables of listings."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.dedupe.labs import lab, listings

Rows = Iterator[dict[str, Any]]


def fablabs_io(recorded: list[dict[str, Any]]) -> Rows:
    """Yield the labs of the list, keyed by their id."""
    for row in recorded:
        links = [link["url"] if isinstance(link, dict) else link for link in row["links"] or []]
        yield lab(
            "fablabs_io", str(row["id"]), name=row["name"], street=row["address_1"], postcode=row["postal_code"],
            city=row["city"], country_code=(row["country_code"] or "").upper(), lat=row["latitude"],
            lon=row["longitude"], email=row["email"], phone=row["phone"], website=links[0] if links else None,
        )  # fmt: skip


def hackerspaces_org(recorded: dict[str, dict[str, Any]]) -> Rows:
    """Yield the spaces of the wiki that have a position, keyed by their page."""
    for name, row in recorded.items():
        said = row["printouts"]
        city, where, mail = (next(iter(said[field]), None) for field in ("City", "Has coordinates", "Email"))
        yield lab(
            "hackerspaces_org", row["fullurl"], name=name, city=city and city["fulltext"], url=row["fullurl"],
            lat=where and where["lat"], lon=where and where["lon"], website=next(iter(said["Website"]), None),
            email=mail and mail.removeprefix("mailto:"),
        )  # fmt: skip


def openstreetmap(recorded: dict[str, Any]) -> Rows:
    """Yield the named nodes, keyed by their number."""
    for node in recorded["elements"]:
        tags = node["tags"]
        if "name" in tags:
            street = " ".join(tags.get(f"addr:{part}", "") for part in ("housenumber", "street")).strip()
            yield lab(
                "openstreetmap", f"node/{node['id']}", name=tags["name"], street=street,
                postcode=tags.get("addr:postcode"), city=tags.get("addr:city"), country_code=tags.get("addr:country"),
                lat=node["lat"], lon=node["lon"], website=tags.get("website"), email=tags.get("email"),
                phone=tags.get("phone"),
            )  # fmt: skip


def spaceapi_responses(recorded: list[Any]) -> Rows:
    """Yield the spaces that answered with an object, keyed by their name and site."""
    for row in recorded:
        if isinstance(row, dict) and isinstance(row.get("space"), str):
            where, contact = row.get("location") or {}, row.get("contact") or {}
            yield lab(
                "spaceapi", f"{row['space']} {row.get('url')}", name=row["space"], address=where.get("address"),
                lat=where.get("lat"), lon=where.get("lon"), website=row.get("url"), email=contact.get("email"),
                phone=contact.get("phone"),
            )  # fmt: skip


LISTS: dict[str, Callable[[Any], Rows]] = {
    reader.__name__: reader for reader in (fablabs_io, hackerspaces_org, openstreetmap, spaceapi_responses)
}


def recorded_week(folder: Path, *names: str) -> pa.Table:
    """Return the listings of the named lists of a week, of all of `LISTS` by default; missing is null."""
    rows = []
    for name in names or LISTS:
        recorded = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        rows += [{key: _typed(key, value) for key, value in row.items()} for row in LISTS[name](recorded)]
    return listings(*{(row["source"], row["source_key"]): row for row in rows}.values())


def _typed(column: str, value: Any) -> Any:
    """Return the value in its column's type; some lists write coordinates as text."""
    return float(value) if value and column in ("lat", "lon") else value or None
