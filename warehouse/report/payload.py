"""The labs of a snapshot to the compact columns a browser reads, and back.

A column is one list, repeated texts are numbers into a list of their own, and the whole is deflated: twenty thousand
labs with their evidence and sources fit a page of 6 MB. `unpacked` reads it back, so that a test can look for what
must not be in a page.
"""

import base64
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from anyascii import anyascii
from babel import Locale

from warehouse.report import companies
from warehouse.report.figures import Row, archetype_of, is_uncertain, issues
from warehouse.report.inputs import ReportInput
from warehouse.report.untrusted import link, plain

EXCERPT_MAX = 280
"""Characters of a description on a card: what a reader takes in at a glance."""

EXCERPT_BUDGET = 3_000_000
"""Characters of all descriptions together; with more labs each excerpt is shorter, so that the page keeps its size."""

EXCERPT_MIN = 90
"""Below this an excerpt says nothing and is left out."""

CUES_MAX = 4
"""Cues on a card; the others stand in classifications.parquet."""

_LETTERS = re.compile(r"[a-z0-9]+")
_PLACES = 5
"""Decimals of a degree, about a metre."""


class _Texts:
    """Texts seen so far, each once; a text's number is its place in `known`."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, text: str | None) -> int | None:
        return None if text is None else self.known.setdefault(text, len(self.known))


def labs_payload(report: ReportInput) -> dict[str, Any]:
    """Return the labs as columns in the order of their names, with the lists their numbers point into."""
    labs = sorted(report.rows("labs"), key=lambda lab: (_by_letters(lab["name"]), lab["lab_id"]))
    classified = {row["lab_id"]: row for row in report.rows("classifications")}
    listings = _grouped(report, "lab_listings", "lab_id")
    changes = _grouped(report, "changes", "lab_id")
    former = _grouped(report, "id_bridge", "new_id")
    excerpt = min(EXCERPT_MAX, EXCERPT_BUDGET // max(len(labs), 1))
    texts = {
        name: _Texts()
        for name in ("source", "issue", "sentence", "region", "departement", "country", "licence", "field", "day")
    }
    rows = []
    for lab in labs:
        lab_id = lab["lab_id"]
        classification = classified.get(lab_id)
        evidence = classification["evidence"] if classification else []
        rows.append(
            {
                "id": lab_id.removeprefix("lab-"),
                "former": [row["old_id"].removeprefix("lab-") for row in former.get(lab_id, [])] or None,
                "change": [row["change"] for row in changes.get(lab_id, [])] or None,
                **_place(lab, texts),
                **_about(lab, texts, excerpt if excerpt >= EXCERPT_MIN else 0),
                **_archetype(lab, classification, texts),
                "cue": companies.cue(lab, evidence),
                "listings": [_listing(row, texts) for row in listings.get(lab_id, [])],
            }
        )
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    return {
        "count": len(rows),
        "labs": columns,
        "lists": {name: list(seen.known) for name, seen in texts.items()},
        "titles": [report.title_of(source) for source in texts["source"].known],
        "countries": {
            language: [country_name(code, language) for code in texts["country"].known] for language in ("fr", "en")
        },
    }


def packed(payload: Mapping[str, Any]) -> str:
    """Return the payload as deflated base64; the same payload gives the same text for one zlib."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def unpacked(html: str) -> dict[str, Any]:
    """Return the payload a rendered report carries."""
    found = re.search(r'<script type="application/json" id="labs">(.*?)</script>', html, re.DOTALL)
    if found is None:
        raise ValueError("no labs in this page: it is not a report")
    payload: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(json.loads(found.group(1))["deflate"])))
    return payload


def _by_letters(name: str) -> str:
    # "#labOS" stands under l: a sign before a name is no letter to look under.
    return " ".join(_LETTERS.findall(anyascii(name).casefold())) or name


def _place(lab: Row, texts: Mapping[str, _Texts]) -> dict[str, Any]:
    placed = lab["lat"] is not None and lab["lon"] is not None
    parts = [lab["street"], " ".join(plain(part) for part in (lab["postcode"], lab["city"]) if part)]
    address = ", ".join(plain(part) for part in parts if part) or lab["address"]
    return {
        "lat": round(lab["lat"], _PLACES) if placed else None,
        "lon": round(lab["lon"], _PLACES) if placed else None,
        "vague": int(placed and is_uncertain(lab)),
        "within": None if lab["geo_precision_m"] is None else round(lab["geo_precision_m"]),
        "method": lab["geo_method"],
        "issues": [texts["issue"].number(plain(issue, 60)) for issue in issues(lab)],
        "commune": _optional(lab["commune"] or lab["city"]),
        "address": _optional(address),
        "departement": texts["departement"].number(_optional(lab["departement"])),
        "region": texts["region"].number(_optional(lab["region"])),
        "country": texts["country"].number(lab["country_code"]),
        "territory": lab["territory_code"],
    }


def _about(lab: Row, texts: Mapping[str, _Texts], excerpt: int) -> dict[str, Any]:
    return {
        "name": plain(lab["name"], 200),
        "alt": [plain(name, 120) for name in lab["alt_names"] or ()][:5] or None,
        "operator": _optional(lab["operator"], 120),
        "site": link(lab["website"]),
        "about": _optional(lab["description"], excerpt) if excerpt else None,
        "hours": _optional(lab["opening_hours"], 120),
        "equipment": _optional(", ".join(lab["equipment"] or ()) or None, 160),
        "status": lab["status"],
        "first": texts["day"].number(_day(lab["first_seen"])),
        "confirmed": texts["day"].number(_day(lab["last_confirmed_on"])),
        "stale": lab["staleness_weeks"] or 0,
        "sources": [texts["source"].number(source) for source in lab["sources"] or ()],
    }


def _archetype(lab: Row, classification: Row | None, texts: Mapping[str, _Texts]) -> dict[str, Any]:
    said = classification or {}
    cues = [
        [
            plain(clue["matched"], 60),
            texts["field"].number(plain(clue["field"])),
            texts["source"].number(plain(clue["source"])),
            clue["archetype"],
            # Both languages are one text of the list, a tab between them: a sentence is repeated by many labs.
            texts["sentence"].number(f"{plain(clue['sentence_fr'])}\t{plain(clue['sentence_en'])}"),
        ]
        for clue in said.get("evidence", [])[:CUES_MAX]
    ]
    score = lab["archetype_score"]
    return {
        "archetype": archetype_of(lab)[0],
        "purpose": lab["finalite"],
        "score": None if score is None else round(score * 100),
        "second": _optional(said.get("runner_up")),
        "hint": _optional(said.get("hint")),
        "because": _optional(said.get("reason")),
        "by": _optional(said.get("decided_by")),
        "cues": cues,
    }


def _listing(row: Row, texts: Mapping[str, _Texts]) -> list[Any]:
    return [
        texts["source"].number(row["source"]),
        link(row["url"]),
        texts["licence"].number(_optional(row["licence"], 60)),
        texts["day"].number(_day(row["fetched_at"])),
        int(row["is_carried_forward"]),
    ]


def _grouped(report: ReportInput, table: str, key: str) -> Mapping[str, Sequence[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in report.rows(table):
        groups.setdefault(str(row[key]), []).append(row)
    return groups


def _optional(value: Any, limit: int = 300) -> str | None:
    return (plain(value, limit) or None) if value is not None else None


def _day(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()[:10]


def country_name(code: str, language: str) -> str:
    """Return the name of a country in a language; an unknown code is shown as it is."""
    name: str = Locale(language).territories.get(code, code or "–")
    return name
