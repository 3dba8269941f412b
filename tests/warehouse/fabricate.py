"""Small tables of the real schemas, of fictional labs, for the warehouse's tests."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.lake import Lake
from warehouse.schema import TABLES, Row, conform, empty
from warehouse.weeks import Week

NOW = datetime(2026, 10, 12, 4, 0, 7, tzinfo=UTC)
W40, W41, W42 = (Week.parse(f"2026-W{number}") for number in (40, 41, 42))


def lab_id(name: str) -> str:
    """Return a valid id made of a name."""
    return "lab-" + base64.b32encode(hashlib.sha256(name.encode()).digest()).decode().lower()[:13]


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return a table of the lake from rows as dicts; columns left out are null."""
    row: type[Row] = TABLES[name]
    return row.table([row(**values) for values in rows])


def listing(source: str, key: str, **columns: Any) -> dict[str, Any]:
    """Return a listing as a dict."""
    return {"source": source, "source_key": key, "name": f"Atelier {key}", "country_code": "FR"} | columns


def state(source: str, state: str = "ok", **columns: Any) -> dict[str, Any]:
    """Return a source's state as a dict."""
    counts = dict.fromkeys(
        ("listings", "rejections", "out_of_scope", "unanswered", "pages", "requests", "bytes", "staleness_weeks"), 0
    )
    return counts | {"source": source, "state": state, "licence": "etalab-2.0", "is_share_alike": False} | columns


@dataclass(frozen=True)
class World:
    """One week of the registry: labs by name, each with its columns and its listings."""

    week: Week
    labs: Mapping[str, Mapping[str, Any]]
    members: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=lambda: {"network": "ok"})
    retired: Mapping[str, tuple[str, tuple[str, ...], Week]] = field(default_factory=dict)
    """Name to relation, heirs and the week it ended."""
    first_seen: Mapping[str, Week] = field(default_factory=dict)

    def listings_of(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the listings of a lab; one of its own name when none were given."""
        return self.members.get(name, (("network", name),))

    def tables(self) -> dict[str, pa.Table]:
        """Return every table of the lake that a publication reads."""
        fetched = datetime(2026, 10, 12, 3, tzinfo=UTC)
        born = {name: self.first_seen.get(name, self.week).monday for name in [*self.labs, *self.retired]}
        labs = [
            {"lab_id": lab_id(name), "name": f"Atelier {name}", "lat": 48.1, "lon": -1.7, "country_code": "FR"}
            | {"geo_method": "source", "status": "active", "first_seen": born[name], "archetype": "1"}
            | {"sources": sorted({source for source, _ in self.listings_of(name)})}
            | dict(columns)
            for name, columns in self.labs.items()
        ]
        listed = [
            {"source": source, "source_key": key, "lab_id": lab_id(name), "licence": "etalab-2.0"}
            | {"fetched_at": fetched, "is_carried_forward": self.states[source] != "ok", "fields_won": ["name"]}
            for name in self.labs
            for source, key in self.listings_of(name)
        ]
        active = [
            {"lab_id": lab_id(name), "status": "active", "first_seen": born[name], "last_seen": self.week.monday}
            for name in self.labs
        ]
        ended = [
            {"lab_id": lab_id(name), "first_seen": born[name], "last_seen": week.previous.monday}
            | {"status": {"merged_into": "merged", "split_into": "split", "retired": "retired"}[relation]}
            | {"replaced_by": [lab_id(heir) for heir in heirs] or None}
            for name, (relation, heirs, week) in self.retired.items()
        ]
        bridge = [
            {"old_id": lab_id(name), "new_id": heir and lab_id(heir), "relation": relation, "since": week.monday}
            for name, (relation, heirs, week) in self.retired.items()
            for heir in (heirs or (None,))
        ]
        counts = {source: sum(row["source"] == source for row in listed) for source in self.states}
        sources = [
            state(source, how, listings=counts[source], fetched_at=fetched, attribution=f"Réseau {source}")
            for source, how in self.states.items()
        ]
        return {
            "labs": table("labs", labs),
            "lab_listings": table("lab_listings", listed),
            "registry": table("registry", [*active, *ended]),
            "id_bridge": conform(pa.Table.from_pylist(bridge), TABLES["id_bridge"])
            if bridge
            else empty_of("id_bridge"),
            "sources": table("sources", sources),
            "contacts": table("contacts", [{"lab_id": lab_id(name), "phone": "+33299000000"} for name in self.labs]),
            **{name: empty_of(name) for name in ("classifications", "rejections", "checks", "changes")},
        }

    def write(self, warehouse: Path | str) -> None:
        """Write the week's tables into the lake of a warehouse."""
        lake = Lake(warehouse)
        for name, rows in self.tables().items():
            lake.write(name, self.week, rows)

    def then(self, **changed: Any) -> "World":
        """Return the week after, with the given fields replaced and births remembered."""
        born = {name: self.first_seen.get(name, self.week) for name in [*self.labs, *self.retired]}
        return replace(self, week=self.week.next, first_seen=born | dict(self.first_seen), **changed)


def empty_of(name: str) -> pa.Table:
    """Return a table of the lake without rows."""
    return empty(TABLES[name])


def day(text: str) -> date:
    """Return a date."""
    return date.fromisoformat(text)
