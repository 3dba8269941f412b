"""The main job: the sample replays into three published snapshots, and says of every lab what was to be expected."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crawlers.sample.network import Network
from dedupe.blocking import RULES
from flows.explain import explanation
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
    carried = {row["source"] for row in rows if row["is_carried_forward"]}
    assert carried == {"openstreetmap"}


@pytest.mark.parametrize("week", WEEKS)
def test_listings_of_one_lab_are_one_lab_and_no_others(sample: Path, week: str) -> None:
    assigned: dict[str, set[tuple[str, str]]] = {}
    for row in Lake(sample).read("assignments", Week.parse(week)).to_pylist():
        assigned.setdefault(row["lab_id"], set()).add((row["source"], row["source_key"]))
    expected = {slug: frozenset(keys) for slug, keys in Network.read().groups(week).items()}
    found = {frozenset(keys) for keys in assigned.values()}
    assert found == set(expected.values())


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
    assert f"candidate by {match['rule']}: {RULES[match['rule']]} Model {match['model_version']}." in told
    assert "by model" in told
    assert re.search(r"in log-odds: [+-]\d\.\d to begin with; .*names alike \d+% [+-]\d\.\d", told)
