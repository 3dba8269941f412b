"""One page of an unknown site to the platform it runs on and the columns it seems to have. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup
from scrapy.http import Response

from crawlers.guards.bodies.whole import json_body
from crawlers.guards.failures import CrawlFailed
from crawlers.platforms.html_directory import json_ld
from crawlers.reading.columns import column_map
from crawlers.reading.formats import csv_of
from crawlers.reading.text import mapping, sequence


@dataclass(frozen=True)
class Proposal:
    """What a site seems to be: `base` is the class to start from, None when its `parse` must be written."""

    platform: str
    base: str | None
    module: str | None
    attributes: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    """Listing column -> the key of a record that seems to hold it."""
    records_at: tuple[str, ...] = ()
    """Keys that lead from the document to its list of records."""


def propose(response: Response) -> Proposal:
    """Return what the page seems to be.

    Raises: CrawlFailed when it is empty, cut short or no public page.
    """
    try:
        document = json_body(response, numbers="text")
    except CrawlFailed as failed:
        return _of_text(response, failed)
    for look in (_gogocarto, _umap, _ckan, _wiki, _geojson, _opendatasoft, _yeswiki, _json_list):
        if found := look(document, response.url):
            return found
    return Proposal("JSON of no known platform", None, None)


def _gogocarto(document: Any, url: str) -> Proposal | None:
    if "ontology" not in mapping(document) or not isinstance(document.get("data"), list):
        return None
    attributes = {"map_host": urlsplit(url).netloc}
    return Proposal("GoGoCarto", "GoGoCarto", "gogocarto", attributes, records_at=("data",))


def _umap(document: Any, url: str) -> Proposal | None:
    if not isinstance(mapping(mapping(document).get("properties")).get("datalayers"), list):
        return None
    number = re.search(r"/map/(?:[^/]*_)?(\d+)", url)
    parts = urlsplit(url)
    attributes = {"instance": f"{parts.scheme}://{parts.netloc}", "map_id": int(number[1]) if number else 0}
    return Proposal("uMap", "UMap", "umap", attributes, records_at=("properties", "datalayers"))


def _ckan(document: Any, url: str) -> Proposal | None:
    if "success" not in mapping(document) or "result" not in document:
        return None
    parts = urlsplit(url)
    query = parse_qs(parts.query).get("q", ["fablab"])[0]
    attributes = {"portal": f"{parts.scheme}://{parts.netloc}", "search": query}
    return Proposal("CKAN", "CkanPortal", "ckan", attributes, records_at=("result", "results"))


def _wiki(document: Any, url: str) -> Proposal | None:
    results = mapping(mapping(document).get("query", document)).get("results")
    subjects = list(results.values()) if isinstance(results, dict) else sequence(results)
    if not subjects or "printouts" not in mapping(subjects[0]):
        return None
    query = parse_qs(urlsplit(url).query)
    attributes = {
        "api": url.split("?", 1)[0],
        "conditions": query.get("conditions", [""])[0],
        "printouts": tuple(mapping(subjects[0]["printouts"])),
    }
    at = ("query", "results") if "query" in document else ("results",)
    return Proposal("Semantic MediaWiki", "SemanticMediaWiki", "semantic_mediawiki", attributes, records_at=at)


def _geojson(document: Any, url: str) -> Proposal | None:
    features = mapping(document).get("features")
    if not isinstance(features, list) or not features:
        return None
    columns = column_map(mapping(mapping(features[0]).get("properties"))) or _named(features[0].get("properties"))
    return Proposal("GeoJSON file", "GeoJsonFile", "files", {"file_url": url}, columns, ("features",))


def _opendatasoft(document: Any, url: str) -> Proposal | None:
    match = re.search(r"/catalog/datasets/([^/]+)/(?:records|exports/json)", url)
    records = document if isinstance(document, list) else sequence(mapping(document).get("results"))
    if match is None or not records:
        return None
    attributes = {"domain": urlsplit(url).netloc, "dataset": match[1]}
    found = column_map(mapping(records[0])) or _named(records[0])
    at = () if isinstance(document, list) else ("results",)
    return Proposal("Opendatasoft", "OpendatasoftDataset", "opendatasoft", attributes, found, at)


def _yeswiki(document: Any, url: str) -> Proposal | None:
    match = re.search(r"^(.*)\?api/forms/(\d+)/entries", url)
    if match is None:
        return None
    attributes = {"wiki": match[1], "form": int(match[2])}
    return Proposal("YesWiki Bazar", "YesWikiForm", "yeswiki", attributes)


def _json_list(document: Any, url: str) -> Proposal | None:
    lists = [(key, value) for key, value in mapping(document).items() if isinstance(value, list) and value]
    if len(lists) != 1 or not isinstance(lists[0][1][0], dict):
        return None
    key, records = lists[0]
    attributes = {"file_url": url, "list_key": key}
    return Proposal(
        "JSON list", "JsonList", "wordpress", attributes, column_map(records[0]) or _named(records[0]), (key,)
    )


def _of_text(response: Response, failed: CrawlFailed) -> Proposal:
    body = response.body.lstrip()[:2000].lower()
    if b"<urlset" in body or b"<sitemapindex" in body:
        return Proposal("sitemap", None, None)
    if b"<html" in body or b"<!doctype" in body:
        found = json_ld(BeautifulSoup(response.body, "lxml"))
        kinds = sorted({str(item.get("@type")) for item in found})
        return Proposal(f"HTML with JSON-LD ({', '.join(kinds)})" if kinds else "HTML", None, None)
    looks: Callable[[Response], Any] = csv_of
    rows = list(looks(response))
    if not rows or len(rows[0]) < 2:
        raise failed
    return Proposal("CSV file", "CsvFile", "files", {"file_url": response.url}, column_map(rows[0]) or _named(rows[0]))


def _named(record: Any) -> dict[str, str]:
    """Return a map with the first text of a record as its name: something a person must correct."""
    keys = [key for key, value in mapping(record).items() if isinstance(value, str) and value.strip()]
    return {"name": keys[0]} if keys else {}
