"""Listings to the array of /api/labs, as the LabSerializer of fablabs.io writes it, and to the dates of the sitemap."""

import gzip
from datetime import date, timedelta
from typing import Any

from crawlers.sample.network import Facts, Listed, fetched_from
from crawlers.sample.shapes.answer import Answer, as_json

ROBOTS = b"User-agent: *\nDisallow: /backstage\nDisallow: /settings\n\nUser-agent: bingbot\nCrawl-delay: 5\n"
_CAPABILITIES = ["three_d_printing", "cnc_milling", "circuit_production", "laser", "precision_milling", "vinyl_cutting"]


def answer(listings: list[Listed]) -> Answer:
    """Return the whole list, one array without a wrapper."""
    return as_json([_lab(listed.facts) for listed in listings])


def sitemap(listings: list[Listed]) -> Answer:
    """Return the gzipped sitemap: the page of each lab and the day it was last edited."""
    pages = "".join(
        f"<url><loc>https://www.fablabs.io/labs/{row.facts['slug']}</loc><lastmod>{_edited(row.facts)}</lastmod></url>"
        for row in listings
        if row.lab
    )
    text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'
    return Answer(gzip.compress(text.encode(), mtime=0), "application/x-gzip")


def _edited(facts: Facts) -> str:
    """Return the Friday before the week in which an edit shows; for others a day of the years before."""
    if "edited_in" in facts:
        return f"{fetched_from(facts['edited_in']) - timedelta(days=3):%Y-%m-%d}T09:30:00+00:00"
    return f"{date(2023, 1, 1) + timedelta(days=int(facts['key']) * 37 % 1200)}T09:30:00+00:00"


def _lab(facts: Facts) -> dict[str, Any]:
    lat, lon = facts.get("at", (None, None))
    site = facts.get("site")
    said = {
        "id": facts["key"],
        "name": facts["name"],
        "kind_name": "fab_lab",
        "parent_id": None,
        "blurb": facts.get("blurb"),
        "description": facts.get("about"),
        "slug": facts.get("slug", f"lab{facts['key']}"),
        "avatar_url": None,
        "header_url": None,
        "address_1": facts.get("street"),
        "address_2": None,
        "city": facts.get("city"),
        "county": facts.get("county"),
        "postal_code": facts.get("postcode"),
        "country_code": facts.get("country", "FR"),
        "latitude": lat,
        "longitude": lon,
        "address_notes": None,
        "phone": facts.get("phone"),
        "email": facts.get("email"),
        "capabilities": _CAPABILITIES,
        "activity_status": facts.get("status", "active"),
        "links": [{"id": facts["key"] * 10, "url": site}] if site else [],
    }
    return {**said, **facts.get("raw", {})}
