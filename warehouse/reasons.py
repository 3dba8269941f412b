"""The listings on both sides of a week to the reason why a lab came, left or changed: the words of docs/changes.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import pyarrow as pa

from warehouse.silent_entries import run_out

Decided = Mapping[tuple[str, str], str]
"""Reason of what a person decided, by (lab_id, column); column `*` stands for the whole lab."""


@dataclass(frozen=True)
class Snapshot:
    """The tables of one week that a feed is made from."""

    labs: pa.Table
    lab_listings: pa.Table
    registry: pa.Table
    id_bridge: pa.Table
    sources: pa.Table
    rejections: pa.Table | None = None
    """Records refused this week: tells a lab that left the scope from one that vanished."""
    unanswered: pa.Table | None = None
    """Entries that were silent this week: tells a lab whose listing ran out from one that vanished."""
    history: pa.Table | None = None
    """Versions published so far: tells a lab that comes back from one that is new; the registry does where absent."""

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table]) -> Self:
        """Return the snapshot from tables by name; others among them do not matter."""
        return cls(**{field.name: tables[field.name] for field in fields(cls) if field.name in tables})


class Reasons:
    """Why a lab came, left or changed."""

    def __init__(self, previous: Snapshot | None, current: Snapshot, decided: Decided) -> None:
        """Index both sides by lab and by listing; `decided` names the labs a person's decision moved."""
        self._decided = decided
        self._before = _members(previous.lab_listings) if previous else {}
        self._now = _members(current.lab_listings)
        self._lab_before = {key: lab for lab, keys in self._before.items() for key in keys}
        self._listed_now = {key for keys in self._now.values() for key in keys}
        self._states = {row["source"]: row["state"] for row in current.sources.to_pylist()}
        self._published = _ever(previous)
        self._ends: dict[str, list[dict[str, Any]]] = {}
        for row in current.id_bridge.to_pylist():
            self._ends.setdefault(row["old_id"], []).append(row)
        rejected = current.rejections.to_pylist() if current.rejections is not None else []
        self._run_out = run_out(current.unanswered) if current.unanswered is not None else set()
        self._out_of_scope = {(row["source"], row["record"]) for row in rejected if row["rule"] == "out_of_scope"}

    def sources_now(self, lab_id: str) -> list[str] | None:
        """Return the sources that list the lab this week."""
        return _sources(self._now.get(lab_id, set()))

    def sources_before(self, lab_id: str) -> list[str] | None:
        """Return the sources that listed the lab last week."""
        return _sources(self._before.get(lab_id, set()))

    def of_coming(self, lab_id: str) -> tuple[str, str, list[str]]:
        """Return kind, reason and parents of a lab that was not there last week."""
        keys = self._now.get(lab_id, set())
        parents = sorted(
            parent
            for parent in {self._lab_before[key] for key in keys & self._lab_before.keys()} - {lab_id}
            # a parent that ended without heirs gave nothing away: the source uses its key for another lab
            if parent in self._now or any(end["new_id"] is not None for end in self._ends.get(parent, []))
        )
        if lab_id in self._published:
            kind, reason = "restored", "listed_again"
        elif parents:
            kind, reason = "split_from", "not_one_lab"
        else:
            kind, reason = "added", "first_listed"
        return kind, self._decided.get((lab_id, "*"), reason), parents

    def of_leaving(self, lab: Mapping[str, Any]) -> tuple[str, str, list[str]]:
        """Return kind, reason and heirs of a lab that is there no more."""
        lab_id = lab["lab_id"]
        ends = self._ends.get(lab_id, [])
        heirs = sorted(row["new_id"] for row in ends if row["new_id"] is not None)
        if any(row["relation"] == "merged_into" for row in ends):
            return "merged_into", "duplicate", heirs
        return "removed", self._decided.get((lab_id, "*")) or self._why_gone(lab, heirs), heirs

    def of_edit(self, lab_id: str, columns: Sequence[str], new: Mapping[str, Any]) -> str:
        """Return why the columns of a lab differ from last week."""
        decided = [self._decided[lab_id, column] for column in columns if (lab_id, column) in self._decided]
        if decided:
            return decided[0]
        if "status" in columns and new["status"] == "closed":
            return "closed_by_source"
        if self._before.get(lab_id) != self._now.get(lab_id):
            return "listings_joined_or_left"
        return "edited_at_source"

    def _why_gone(self, lab: Mapping[str, Any], heirs: list[str]) -> str:
        keys = self._before.get(lab["lab_id"], set())
        if heirs:
            return "not_one_lab"
        if keys & self._listed_now:
            return "key_reused"
        if lab["status"] == "closed":
            return "closed_by_source"
        if keys & self._out_of_scope:
            return "left_scope"
        if keys and all(self._states.get(key[0]) != "ok" or key in self._run_out for key in keys):
            return "source_expired"
        return "vanished_from_healthy_source"


def _sources(keys: Iterable[tuple[str, str]]) -> list[str] | None:
    return sorted({source for source, _ in keys}) or None


def _members(lab_listings: pa.Table) -> dict[str, set[tuple[str, str]]]:
    members: dict[str, set[tuple[str, str]]] = {}
    columns = (lab_listings[name].to_pylist() for name in ("lab_id", "source", "source_key"))
    for lab_id, source, key in zip(*columns, strict=True):
        members.setdefault(lab_id, set()).add((source, key))
    return members


def _ever(previous: Snapshot | None) -> set[str]:
    if previous is None:
        return set()
    return set((previous.history if previous.history is not None else previous.registry)["lab_id"].to_pylist())
