"""A fictional registry that lives: labs are born, move, rename, merge, split, close, vanish and come back.

It keeps its own books beside the published ones, so that bridge, registry and history can be checked against a second
account of the same year.
"""

import random
from pathlib import Path

import duckdb
import pyarrow as pa

from tests.warehouse.fabricate import empty_of, lab_id, state, table
from warehouse.lake import Lake
from warehouse.releases import Releases
from warehouse.schema import TABLES, conform
from warehouse.storage import Storage
from warehouse.weeks import Week


class Registry:
    """Labs by number, what became of those that ended, and what every week looked like."""

    def __init__(self, *, labs: int, seed: int) -> None:
        """Begin with so many labs."""
        self.dice = random.Random(seed)  # noqa: S311  # a story, not a secret
        self.size, self.next_number = labs, 0
        self.labs: dict[int, dict[str, object]] = {}
        self.members: dict[int, list[str]] = {}
        self.born: dict[int, Week] = {}
        self.ended: dict[int, tuple[str, tuple[int, ...], Week]] = {}
        self.last_seen: dict[int, Week] = {}
        self.names_by_week: dict[Week, dict[str, str]] = {}
        for _ in range(labs):
            self._bear(Week.parse("2026-W01"))

    def live(self, week: Week) -> None:
        """Let a week pass: about two labs in a hundred change."""
        some = self.dice.sample(sorted(self.labs), len(self.labs) // 50)
        for number in some:
            lot = self.dice.random()
            if number not in self.labs:
                continue
            if lot < 0.35:
                self.labs[number]["name"] = f"Atelier {number} {week}"
            elif lot < 0.6:
                self.labs[number]["lat"] = round(self.dice.uniform(42, 51), 6)
            elif lot < 0.7:
                self.labs[number]["status"] = "closed"
            elif lot < 0.8:
                self._end(number, "retired", (), week)
            elif lot < 0.9:
                heir = self.dice.choice(sorted(self.labs))
                if heir != number:
                    self.members[heir] += self.members.pop(number)
                    self._end(number, "merged_into", (heir,), week)
            elif len(self.members[number]) > 1:
                child = self._bear(week)
                self.members[child] = [self.members[number].pop()]
        while len(self.labs) < self.size:  # as many are born as ended: what a week costs is compared over a year
            self._bear(week)
        for number in self.dice.sample(sorted(self.ended), min(3, len(self.ended))):
            if self.ended[number][0] == "retired":
                del self.ended[number]
                self.labs[number] = self._lab(number)
                self.members[number] = [f"k{number}-{week}"]

    def write(self, warehouse: Path, week: Week) -> None:
        """Write the week's tables into the lake, as the stages would."""
        lake = Lake(warehouse)
        for number in self.labs:
            self.last_seen[number] = week
        self.names_by_week[week] = {lab_id(str(number)): str(lab["name"]) for number, lab in self.labs.items()}
        active = [self._entry(number, "active", week, ()) for number in self.labs]
        ended = [
            self._entry(number, {"merged_into": "merged", "retired": "retired"}[how], self.last_seen[number], heirs)
            for number, (how, heirs, _) in self.ended.items()
        ]
        bridge = [
            {"old_id": lab_id(str(number)), "new_id": heir, "relation": how, "since": since.monday}
            for number, (how, _, since) in self.ended.items()
            for heir in (self._heirs(number) or [None])
        ]
        labs = [
            {
                "lab_id": lab_id(str(number)),
                "first_seen": self.born[number].monday,
                "last_confirmed_on": week.monday,
                **lab,
            }
            for number, lab in self.labs.items()
        ]
        listed = [
            {"lab_id": lab_id(str(number)), "source": "network", "source_key": key, "is_carried_forward": False}
            for number in self.labs
            for key in self.members[number]
        ]
        tables = {"labs": labs, "lab_listings": listed, "registry": [*active, *ended], "id_bridge": bridge}
        for name, rows in tables.items():
            schema = TABLES[name].arrow_schema()
            lake.write(name, week, conform(pa.Table.from_pylist(rows, schema=schema), TABLES[name]))
        lake.write("sources", week, table("sources", [state("network", listings=len(listed))]))
        for name in ("classifications", "contacts", "rejections", "checks"):
            lake.write(name, week, empty_of(name))

    def check(self, warehouse: Path, week: Week) -> None:
        """Hold the published registry, bridge and history against the books."""
        releases = Releases(Storage(warehouse))
        entry = releases.entry(week)
        assert entry is not None
        pointer = entry.revisions[-1].editions["full"]
        bridge = releases.table(pointer, "id_bridge").to_pylist()
        for row in bridge:
            assert row["new_id"] is None or row["new_id"] in self.names_by_week[week]
        assert releases.table(pointer, "registry").num_rows == len(self.born)
        history = releases.table(pointer, "history")
        reader = duckdb.connect()
        reader.register("history", history)
        for past in self.dice.sample(sorted(self.names_by_week), min(2, len(self.names_by_week))):
            as_of = reader.execute(
                "SELECT lab_id, name FROM history WHERE valid_from <= $1 AND coalesce(valid_to > $1, true)",
                [past.monday],
            ).fetchall()
            assert dict(as_of) == self.names_by_week[past], f"as of {past}, told in {week}"

    def _heirs(self, number: int) -> list[str]:
        """Return the living heirs: the bridge is closed under chains of mergers."""
        found, waiting = set(), list(self.ended[number][1])
        while waiting:
            heir = waiting.pop()
            if heir in self.ended:
                waiting += self.ended[heir][1]
            else:
                found.add(lab_id(str(heir)))
        return sorted(found)

    def _entry(self, number: int, status: str, last: Week, heirs: tuple[int, ...]) -> dict[str, object]:
        row = {"lab_id": lab_id(str(number)), "status": status, "last_seen": last.monday}
        return row | {"first_seen": self.born[number].monday, "replaced_by": self._heirs(number) if heirs else None}

    def _end(self, number: int, how: str, heirs: tuple[int, ...], week: Week) -> None:
        del self.labs[number]
        self.members.pop(number, None)
        self.ended[number] = (how, heirs, week)

    def _bear(self, week: Week) -> int:
        number, self.next_number = self.next_number, self.next_number + 1
        self.labs[number], self.born[number] = self._lab(number), week
        self.members[number] = [f"k{number}", *([f"k{number}b"] if number % 3 == 0 else [])]
        return number

    def _lab(self, number: int) -> dict[str, object]:
        return {
            "name": f"Atelier {number}",
            "lat": 45.0 + number % 1000 / 1000,
            "lon": 2.0,
            "country_code": "FR",
            "geo_method": "source",
            "status": "active",
            "city": f"Ville {number % 500}",
            "description": f"Atelier de fabrication numérique numéro {number}, ouvert à tous le samedi.",
            "sources": ["network"],
        }
