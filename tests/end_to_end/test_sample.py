"""The main job: the sample replays into three published snapshots, and says of every lab what was to be expected."""

import itertools
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crawlers.sample.network import Event, Network
from dedupe.rules import REASONS
from flows.lineage.explain import explanation
from flows.stages import resolution
from tests.running import Labs
from warehouse.lake import Lake
from warehouse.weeks import Week

pytestmark = pytest.mark.xdist_group("sample")

WEEKS = ("2026-W40", "2026-W41", "2026-W42")


def release(warehouse: Path, week: str) -> Path:
    return warehouse / "v1" / "snapshots" / f"snapshot_date={Week.parse(week).monday}" / "edition=full"


def test_latest_names_the_last_of_three_snapshots(sample: Path) -> None:
    latest = json.loads((sample / "v1" / "latest.json").read_text("utf-8"))
    assert latest["iso_week"] == WEEKS[-1]
    assert all((release(sample, week) / "labs.parquet").is_file() for week in WEEKS)


def test_a_second_run_from_nothing_gives_the_same_parquet(sample: Path, labs: Labs, tmp_path: Path) -> None:
    done = labs(*SAMPLE_COMMAND, "--warehouse", str(tmp_path))
    assert done.returncode == 0, done.stderr
    files = sorted(path.relative_to(sample) for path in sample.rglob("*.parquet"))
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet"))
    differing = [str(path) for path in files if (sample / path).read_bytes() != (tmp_path / path).read_bytes()]
    assert differing == []


def test_a_failed_source_is_carried_forward_and_no_lab_leaves_for_it(sample: Path) -> None:
    lake, week = Lake(sample), Week.parse("2026-W41")
    states = {row["source"]: row for row in lake.read("sources", week).to_pylist()}
    assert states["openstreetmap"]["state"] == "carried_forward"
    assert states["openstreetmap"]["failure"] == "remark"
    assert states["openstreetmap"]["listings_week"] == "2026-W40"
    assert states["openstreetmap"]["listings"] > 0
    assert {state["state"] for source, state in states.items() if source != "openstreetmap"} == {"ok"}
    rows = [row for row in pq.read_table(release(sample, "2026-W41") / "lab_listings.parquet").to_pylist()]
    carried = {(row["source"], row["source_key"]) for row in rows if row["is_carried_forward"]}
    silent = Network.read().silent("2026-W41")
    assert {source for source, _ in carried - silent} == {"openstreetmap"}
    assert carried >= silent


def test_a_silent_entry_is_carried_forward_in_a_source_that_is_ok(sample: Path) -> None:
    lake, week = Lake(sample), Week.parse("2026-W41")
    (key,) = Network.read().silent("2026-W41")
    state = next(row for row in lake.read("sources", week).to_pylist() if row["source"] == key[0])
    assert (state["state"], state["listings_kept"]) == ("ok", 1)
    kept = [row for row in lake.read("unanswered", week).to_pylist() if row["is_kept"]]
    assert [(row["source"], row["source_key"]) for row in kept] == [key]
    assert (kept[0]["failure"], kept[0]["listings_week"], kept[0]["staleness_weeks"]) == ("server_error", WEEKS[0], 1)
    listed = pq.read_table(release(sample, "2026-W41") / "lab_listings.parquet").to_pylist()
    own = next(row for row in listed if (row["source"], row["source_key"]) == key)
    assert own["fetched_at"] == kept[0]["fetched_at"] < state["fetched_at"]


@pytest.mark.parametrize("week", WEEKS)
def test_listings_of_one_lab_are_one_lab_and_no_others(sample: Path, week: str) -> None:
    assigned: dict[str, set[tuple[str, str]]] = {}
    for row in Lake(sample).read("assignments", Week.parse(week)).to_pylist():
        assigned.setdefault(row["lab_id"], set()).add((row["source"], row["source_key"]))
    expected = {slug: frozenset(keys) for slug, keys in Network.read().groups(week).items()}
    found = {frozenset(keys) for keys in assigned.values()}
    assert found == set(expected.values())


def ids(sample: Path, week: str) -> dict[str, str]:
    """Return the lab_id of every lab of network.toml in a week."""
    lab_of = {key: slug for slug, keys in Network.read().groups(week).items() for key in keys}
    rows = Lake(sample).read("assignments", Week.parse(week)).to_pylist()
    return {lab_of[row["source"], row["source_key"]]: row["lab_id"] for row in rows}


@pytest.mark.parametrize(("before", "week"), [*itertools.pairwise(WEEKS)])
def test_the_change_feed_says_what_happened_to_each_lab_and_nothing_else(sample: Path, before: str, week: str) -> None:
    names = {lab_id: slug for one in (before, week) for slug, lab_id in ids(sample, one).items()}
    told: dict[str, set[str]] = {}
    for row in pq.read_table(release(sample, week) / "changes.parquet").to_pylist():
        if row["change"] != "changed":
            told.setdefault(names[row["lab_id"]], set()).add(row["change"])
    assert told == Network.read().changes(week)


def test_a_lab_keeps_its_id_through_every_event_but_an_end(sample: Path) -> None:
    first, second, third = (ids(sample, week) for week in WEEKS)
    for one, other in ((first, second), (second, third), (first, third)):
        changed = [slug for slug in one.keys() & other.keys() if one[slug] != other[slug]]
        assert not changed
    assert len({lab_id for week in (first, second, third) for lab_id in week.values()}) == len(
        {*first, *second, *third}
    )


@pytest.mark.parametrize("event", [e for e in Network.read().events if e.other], ids=lambda event: event.lab)
def test_a_merger_and_a_split_name_the_other_lab(sample: Path, event: Event) -> None:
    assert event.other is not None
    other = ids(sample, event.week)[event.other]
    last = WEEKS[WEEKS.index(event.week) - 1]
    own = ids(sample, last if "merged_into" in event.changes else event.week)[event.lab]
    feed = pq.read_table(release(sample, event.week) / "changes.parquet").to_pylist()
    told = [row["related_ids"] for row in feed if row["lab_id"] == own and row["change"] in event.changes]
    assert told == [[other]]
    bridge = pq.read_table(release(sample, event.week) / "id_bridge.parquet").to_pylist()
    leads_to = [row["new_id"] for row in bridge if row["old_id"] == own]
    assert leads_to == ([other] if "merged_into" in event.changes else [])


def test_a_key_that_is_used_again_hands_no_id_on(sample: Path) -> None:
    scorff, rhuys = ids(sample, "2026-W41")["scorff"], ids(sample, "2026-W42")["rhuys"]
    assert scorff != rhuys
    rows = {key for week in ("2026-W41", "2026-W42") for key in Network.read().groups(week).get("scorff", set())}
    assert rows & Network.read().groups("2026-W42")["rhuys"], "the sample has it that one key is both"
    folder = release(sample, "2026-W42")
    bridge = {row["old_id"]: row["new_id"] for row in pq.read_table(folder / "id_bridge.parquet").to_pylist()}
    assert bridge[scorff] is None
    registry = {row["lab_id"]: row for row in pq.read_table(folder / "registry.parquet").to_pylist()}
    assert registry[scorff]["status"] == "retired"
    reasons = {row["lab_id"]: row["reason"] for row in pq.read_table(folder / "changes.parquet").to_pylist()}
    assert (reasons[scorff], reasons[rhuys]) == ("key_reused", "first_listed")


@pytest.mark.parametrize("week", WEEKS)
def test_every_lab_whose_archetype_is_beyond_doubt_has_it(sample: Path, week: str) -> None:
    names = {lab_id: slug for slug, lab_id in ids(sample, week).items()}
    said = {names[row["lab_id"]]: row["archetype"] for row in labs_of(sample, week)}
    expected = Network.read().archetypes(week)
    differing = {slug: (said[slug], wanted) for slug, wanted in expected.items() if said[slug] != wanted}
    assert not differing


def test_statuses_and_staleness_are_as_the_sources_say(sample: Path) -> None:
    def of(slug: str, week: str) -> dict[str, object]:
        own = ids(sample, week)[slug]
        return next(row for row in labs_of(sample, week) if row["lab_id"] == own)

    assert of("dunes", "2026-W41")["status"] == "closed"
    assert (of("douvres", "2026-W41")["status"], of("douvres", "2026-W42")["status"]) == ("planned", "active")
    assert [of("vesle", week)["staleness_weeks"] for week in WEEKS] == [0, 1, 0]
    assert of("erdre", "2026-W41")["staleness_weeks"] == 0


def labs_of(sample: Path, week: str) -> list[dict[str, object]]:
    return pq.read_table(release(sample, week) / "labs.parquet").to_pylist()


def test_what_must_never_be_published_is_nowhere(sample: Path) -> None:
    secrets = [text.encode() for text in Network.read().never_published]
    places = [*(sample / "v1").rglob("*"), *(sample / "lake").rglob("*"), *(sample / "contacts").rglob("*")]
    for path in filter(Path.is_file, places):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data = json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str).encode()
        assert not [secret for secret in secrets if secret in data], path


SAMPLE_COMMAND = ("backfill", "--from-week", WEEKS[0], "--to-week", WEEKS[-1], "--replay", "crawlers/sample/archive")


def test_a_lab_explains_every_merge_by_rule_features_and_weights(sample: Path) -> None:
    week = Week.parse(WEEKS[-1])
    lake = Lake(sample)
    match = next(row for row in lake.read("matches", week).to_pylist() if row["verdict"] == "match")
    rows = lake.read("assignments", week).to_pylist()
    (lab_id,) = {row["lab_id"] for row in rows if row["source_key"] == match["left_source_key"]}
    told = explanation(lab_id, week=None, warehouse=str(sample))
    assert f"{match['left_source']}/{match['left_source_key']} and " in told
    assert f"candidate by {match['rule']}: {REASONS[match['rule']]} Model {match['model_version']}." in told
    assert "by model" in told
    assert re.search(r"in log-odds: [+-]\d\.\d to begin with; .*names alike \d+% [+-]\d\.\d", told)


@pytest.mark.parametrize("week", WEEKS)
def test_a_review_of_a_published_week_asks_about_the_labs_that_were_published(sample: Path, week: str) -> None:
    lake, asked = Lake(sample), Week.parse(week)
    assert resolution(lake, asked, ()).assignments.equals(lake.read("assignments", asked))
