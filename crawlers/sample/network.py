"""network.toml to what each source says in each week, and to what the snapshots are expected to say of it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

NETWORK = Path(__file__).with_name("network.toml")
SOURCES = ("fablabs_io", "hackerspaces_org", "spaceapi", "openstreetmap", "maplabbzh", "cget_2019")
"""In the order they are asked."""

Facts = dict[str, Any]
"""What one listing says in one week, in the words of network.toml."""


@dataclass(frozen=True)
class Listed:
    """One listing of one week: where it stands, what it says, and which lab it is."""

    source: str
    source_key: str
    lab: str | None
    """Lab of network.toml; None for a record that must be rejected."""
    facts: Facts


@dataclass(frozen=True)
class Event:
    """What happens to a lab in a week, and what the snapshot of that week is expected to say."""

    week: str
    lab: str
    kind: str
    says: str
    """What the sources say."""
    expected: str
    changes: tuple[str, ...]
    """Kinds the change feed must have for the lab; `changed` and unnamed labs are free."""
    other: str | None
    """Lab it merges into or splits from."""


class Network:
    """The fictional network of one file."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.weeks: list[str] = list(data["sample"]["weeks"])
        self.never_published: list[str] = list(data["sample"]["never_published"])

    @classmethod
    def read(cls, path: Path = NETWORK) -> "Network":
        """Return the network of a file."""
        return cls(tomllib.loads(path.read_text(encoding="utf-8")))

    @property
    def labs(self) -> Mapping[str, Facts]:
        """Return the facts of every lab by its name in the file, its listings included."""
        labs: Mapping[str, Facts] = self._data["lab"]
        return labs

    def served(self, source: str, week: str) -> list[Listed]:
        """Return what a source serves in a week, records to be rejected included, in the order of the file."""
        return [listed for listed in self._listed(week) if listed.source == source]

    def rejections(self, source: str) -> dict[str, str]:
        """Return the rule each record is rejected by, by the source's own id."""
        rows = [row for week in self.weeks for row in self.served(source, week)]
        return {str(row.facts["key"]): str(row.facts["rejected"]) for row in rows if "rejected" in row.facts}

    def unanswered(self) -> list[Facts]:
        """Return the entries of the SpaceAPI directory that never give a listing."""
        return list(self._data["unanswered"])

    def fault(self, source: str, week: str) -> Facts | None:
        """Return how a source fails in a week, None when it is healthy."""
        faults = (f for f in self._data["fault"] if f["source"] == source and self._week(f["week"]) == week)
        return next(faults, None)

    def read_from(self, source: str, week: str) -> str | None:
        """Return the week whose listings of a source stand in a snapshot: an earlier one when the source fails."""
        past = (w for w in reversed(self.weeks[: self.weeks.index(week) + 1]) if not self.fault(source, w))
        return next(past, None)

    def listings(self, week: str) -> list[Listed]:
        """Return the listings a snapshot rests on, those of a failed source or silent entry as it last gave them."""
        found = []
        for source in SOURCES:
            asked = self.read_from(source, week)
            rows = self.served(source, asked) if asked else []
            given = (row if _answers(row) else self._last_given(row, week) for row in rows if row.lab)
            found += [row for row in given if row]
        return found

    def silent(self, week: str) -> set[tuple[str, str]]:
        """Return the listings of a snapshot that are those of silent entries: the (source, source_key) of each."""
        rows = (row for source in SOURCES for row in self.served(source, week) if row.lab and not _answers(row))
        return {(row.source, row.source_key) for row in rows if self._last_given(row, week)}

    def groups(self, week: str) -> dict[str, set[tuple[str, str]]]:
        """Return the expected labs of a snapshot: the (source, source_key) of each."""
        groups: dict[str, set[tuple[str, str]]] = {}
        for row in self.listings(week):
            groups.setdefault(str(row.lab), set()).add((row.source, row.source_key))
        return groups

    def archetypes(self, week: str) -> dict[str, str]:
        """Return the archetype a reader of the listings would give, for the labs where it is beyond doubt."""
        expected = {slug: str(lab["expect"]) for slug, lab in self.labs.items() if "expect" in lab}
        for row in self.listings(week):
            if "expect" in row.facts:
                expected[str(row.lab)] = str(row.facts["expect"])
        return {slug: archetype for slug, archetype in expected.items() if slug in self.groups(week)}

    @cached_property
    def events(self) -> list[Event]:
        """Return what happens, by week and in the order of the file."""
        told = [
            Event(
                week=self._week(e["week"]),
                lab=e["lab"],
                kind=e["kind"],
                says=e["says"],
                expected=e["expected"],
                changes=tuple(e["changes"]),
                other=e.get("into") or e.get("from"),
            )
            for e in self._data["event"]
        ]
        return sorted(told, key=lambda event: event.week)

    def changes(self, week: str) -> dict[str, set[str]]:
        """Return the kinds the change feed must have, by lab; a lab not named has none, `changed` set aside."""
        kinds: dict[str, set[str]] = {}
        for event in self.events:
            if event.week == week and event.changes:
                kinds.setdefault(event.lab, set()).update(event.changes)
        return kinds

    def _last_given(self, silent: Listed, week: str) -> Listed | None:
        """Return the listing of a silent entry as it was read last, None when it never was."""
        earlier = reversed(self.weeks[: self.weeks.index(week)])
        rows = (row for past in earlier for row in self.served(silent.source, past))
        return next((row for row in rows if row.source_key == silent.source_key and _answers(row)), None)

    def _week(self, short: str) -> str:
        return next(week for week in self.weeks if week.endswith(short))

    def _listed(self, week: str) -> Iterator[Listed]:
        for slug, lab in self.labs.items():
            for name, listing in lab.items():
                source = name.partition("-")[0]
                if source in SOURCES and week in map(self._week, listing.get("weeks", self.weeks)):
                    facts = {"slug": slug.replace("-", "")} | self._facts(lab, listing, week)
                    belongs = None if "rejected" in facts else str(facts.get("of", slug))
                    yield Listed(source, str(facts["key"]), belongs, facts)
        for record in self._data["reject"]:
            yield Listed(record["source"], str(record["key"]), None, dict(record))

    def _facts(self, lab: Facts, listing: Facts, week: str) -> Facts:
        """Return what a listing says: the lab's facts, less what it lacks, then its own words, the latest last."""
        lacking = {"expect", *listing.get("lacks", ())}
        facts = {k: v for k, v in lab.items() if k.partition("-")[0] not in SOURCES and k not in lacking}
        facts |= {k: v for k, v in listing.items() if not isinstance(v, dict) or k == "raw"}
        for since in self.weeks[: self.weeks.index(week) + 1]:
            if edits := listing.get(since.partition("-")[2]):
                facts |= {**edits, "edited_in": since}
        return facts


def _answers(listed: Listed) -> bool:
    return bool(listed.facts.get("answer", "ok") == "ok")


def fetched_from(week: str) -> datetime:
    """Return when a recorded week began to be fetched: Monday, 03:00 UTC."""
    year, number = week.split("-W")
    monday = datetime.fromisocalendar(int(year), int(number), 1).replace(tzinfo=UTC)
    return monday + timedelta(hours=3)
