"""A published week held against the truth: verdicts, listings, labs, ids, changes, and what people can read of it."""

import html
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.simulation.campaign import Campaign
from tests.simulation.incidents import KINDS, Verdict
from tests.simulation.world import SIZES

Key = tuple[str, str]


class Truth:
    """What is known of the weeks held against it so far: the id every true lab was given, and who is published."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self.ids: dict[str, str] = {}
        self._published: dict[Key, str] = {}

    def listings(self, number: int) -> dict[Key, str]:
        """Return the true lab of every listing that must count in a week."""
        found = {}
        for source, verdict in self.verdicts(number).items():
            rows = self._campaign.world.listings(source, verdict.read_in) if verdict.read_in is not None else []
            found |= {(source, row.source_key): str(row.lab) for row in rows}
        return found

    def verdicts(self, number: int) -> dict[str, Verdict]:
        """Return what must become of every source in a week."""
        return {source: self._campaign.script.verdict(source, number) for source in SIZES}

    def require_held(self, number: int, why: str) -> None:
        """Assert that a week is held for the source that was refused too long, and that nothing is published of it."""
        assert "refused for 8 weeks before: decide by a line in overrides.csv" in why
        held = [one.source for one in self._campaign.script.incidents if one.holds(number)]
        assert any(f"of {source}:" in why for source in held), why
        assert not self._folder(number).exists()

    def require_published(self, number: int) -> None:
        """Assert that a published week is what it must be."""
        tables = {path.stem: pq.read_table(path) for path in self._folder(number).glob("*.parquet")}
        self._require_verdicts(number, tables["sources"])
        self._require_named(number, {row["source"]: row["evidence"] for row in tables["sources"].to_pylist()})
        expected = self.listings(number)
        listed = {(row["source"], row["source_key"]): row for row in tables["lab_listings"].to_pylist()}
        assert listed.keys() == expected.keys(), _difference(listed.keys(), expected.keys())
        stale = {source for source, verdict in self.verdicts(number).items() if verdict.state == "carried_forward"}
        assert {source for (source, _), row in listed.items() if row["is_carried_forward"]} == stale
        self._require_ids(number, {key: row["lab_id"] for key, row in listed.items()}, expected)
        assert set(tables["labs"]["lab_id"].to_pylist()) == {self.ids[lab] for lab in expected.values()}
        self._require_changes(number, tables["changes"], expected)
        self._published = expected

    def _require_verdicts(self, number: int, sources: pa.Table) -> None:
        states = {row["source"]: row for row in sources.to_pylist()}
        assert states.keys() == SIZES.keys()
        for source, verdict in self.verdicts(number).items():
            row = states[source]
            told = f"week {number}: {source} is to be {verdict}, and is {row}"
            assert (row["state"], row["staleness_weeks"]) == (verdict.state, verdict.staleness), told
            if not verdict.told:
                continue
            incident = self._campaign.script.of(source, number)
            if incident is not None and KINDS[incident.kind].fate == "refused":
                assert row["failure"] == "drift", told
                assert any(f"{gate}:" in row["evidence"] for gate in verdict.told), told
            else:
                assert row["failure"] in verdict.told, told

    def _require_named(self, number: int, evidence: dict[str, str | None]) -> None:
        """Assert that the report names every source that is not as it should be, with what showed it."""
        page = (self._folder(number) / "report.html").read_text("utf-8")
        rows = re.findall(r'<tr class="stale">.*?</tr>', page, re.DOTALL)
        for source, verdict in self.verdicts(number).items():
            own = [_words(html.unescape(re.sub(r"<[^>]+>", " ", row))) for row in rows if f">{source}<" in row]
            assert bool(own) == (verdict.state != "ok"), f"week {number}: {source} in the report: {own}"
            if own:
                assert _words(evidence[source] or "nothing showed it")[:40] in own[0]
            if verdict.staleness:
                assert f"{verdict.staleness} week(s) behind" in own[0]

    def _require_ids(self, number: int, published: dict[Key, str], expected: dict[Key, str]) -> None:
        held: dict[str, set[str]] = {}
        for key, lab in expected.items():
            held.setdefault(lab, set()).add(published[key])
        torn = {lab: ids for lab, ids in held.items() if len(ids) > 1}
        assert not torn, f"week {number}: one lab, several ids: {torn}"
        ids = {lab: next(iter(found)) for lab, found in held.items()}
        assert len(set(ids.values())) == len(ids), f"week {number}: several labs, one id"
        changed = {lab: (self.ids[lab], found) for lab, found in ids.items() if self.ids.get(lab, found) != found}
        assert not changed, f"week {number}: ids that changed: {changed}"
        self._new = ids.keys() - self.ids.keys()
        self.ids |= ids

    def _require_changes(self, number: int, changes: pa.Table, expected: dict[Key, str]) -> None:
        before, now = set(self._published.values()), set(expected.values())
        feed = [(row["lab_id"], row["change"], row["reason"]) for row in changes.to_pylist()]
        coming = {(lab_id, kind) for lab_id, kind, _ in feed if kind in {"added", "restored", "split_from"}}
        assert coming == {(self.ids[lab], "added" if lab in self._new else "restored") for lab in now - before}
        leaving = {(lab_id, reason) for lab_id, kind, reason in feed if kind in {"removed", "merged_into"}}
        assert leaving == {(self.ids[lab], self._why_gone(number, lab)) for lab in before - now}

    def _why_gone(self, number: int, lab: str) -> str:
        sources = {source for (source, _), own in self._published.items() if own == lab}
        states = {self.verdicts(number)[source].state for source in sources}
        return "vanished_from_healthy_source" if "ok" in states else "source_expired"

    def _folder(self, number: int) -> Path:
        monday = self._campaign.week(number).monday
        return self._campaign.warehouse / "v1" / "snapshots" / f"snapshot_date={monday}" / "edition=full"


def _words(text: str) -> str:
    return " ".join(text.split())


def _difference(found: object, wanted: object) -> str:
    one, other = set(found), set(wanted)  # type: ignore[call-overload]
    return f"too many: {sorted(one - other)[:5]}; missing: {sorted(other - one)[:5]}"
