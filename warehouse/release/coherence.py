"""The tables of a release, read together, to what they prove: that they mean one registry and what it may say."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.changes import UNTOLD, replay
from warehouse.editions import FACTS, layers, sources_allowed
from warehouse.manifest import table_sha256
from warehouse.release.reading import number, numbers, read_columns
from warehouse.rulings import privacy
from warehouse.schema import Change, Lab, RegistryEntry, conform
from warehouse.schema.manifest import Manifest, Proof

_REFERENCES = (
    ("lab_listings", "lab_id", "labs", "lab_id"),
    ("labs", "lab_id", "lab_listings", "lab_id"),
    ("classifications", "lab_id", "labs", "lab_id"),
    ("labs", "lab_id", "registry", "lab_id"),
    ("changes", "lab_id", "registry", "lab_id"),
    ("id_bridge", "old_id", "registry", "lab_id"),
    ("id_bridge", "new_id", "registry", "lab_id"),
    ("lab_listings", "source", "sources", "source"),
)
"""Every value of the first column is a value of the second."""


@dataclass(frozen=True)
class Past:
    """What a proof must know of the release the feed starts from."""

    labs: pa.Table
    registry: pa.Table


def coherence(
    reader: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, past: Past | None
) -> Iterator[Proof]:
    """Give what the tables prove together: references, identity, feed, history, privacy, credits and licences."""
    yield from _references(reader)
    yield from _identity(reader, manifest.edition)
    yield _delta(reader, past.labs if past else None)
    yield _ids_stay(reader, past.registry if past else None)
    yield _as_of(reader, manifest)
    yield from _personal(reader)
    yield _credited(reader, folder)
    yield _licensed(reader, manifest.edition)


def _references(reader: duckdb.DuckDBPyConnection) -> Iterator[Proof]:
    counts = [
        f"(FROM {table} AS l ANTI JOIN {other} AS r ON l.{column} = r.{key} "
        f"SELECT count(*) WHERE l.{column} IS NOT NULL)"
        for table, column, other, key in _REFERENCES
    ]
    lost = numbers(reader, counts)
    for (table, column, other, key), count in zip(_REFERENCES, lost, strict=True):
        why = f"{count} values of {column} stand in no {key} of {other}"
        yield Proof(name=f"{column}_in_{other}", subject=f"{table}.parquet", passed=count == 0, why=why)


def _identity(reader: duckdb.DuckDBPyConnection, edition: str) -> Iterator[Proof]:
    chained, inactive, missing = numbers(
        reader,
        [
            "(FROM id_bridge AS a JOIN id_bridge AS b ON a.new_id = b.old_id SELECT count(*))",
            "(FROM labs SEMI JOIN registry AS r ON labs.lab_id = r.lab_id AND r.status <> 'active' SELECT count(*))",
            "(FROM registry AS r ANTI JOIN labs USING (lab_id) SELECT count(*) WHERE r.status = 'active')",
        ],
    )
    why = f"{chained} heirs are retired themselves"
    yield Proof(name="closed", subject="id_bridge.parquet", passed=chained == 0, why=why)
    why = f"{inactive} published ids are not active"
    yield Proof(name="published_is_active", subject="labs.parquet", passed=inactive == 0, why=why)
    if edition == "full":  # the open one leaves out labs that only share-alike sources list
        why = f"{missing} active ids are not published"
        yield Proof(name="active_is_published", subject="registry.parquet", passed=missing == 0, why=why)


def _delta(reader: duckdb.DuckDBPyConnection, previous_labs: pa.Table | None) -> Proof:
    told = _told(reader)
    before = previous_labs if previous_labs is not None else Lab.arrow_schema().empty_table()
    feed = conform(reader.view("changes").to_arrow_table(), Change)
    expected = replay(before, feed)
    digest = table_sha256(expected.num_rows, ((name, expected[name]) for name in told))
    rows = number(reader, "FROM labs SELECT count(*)")
    found = table_sha256(rows, read_columns(reader, "labs", told))
    why = f"{before.num_rows} labs and {feed.num_rows} changes give {expected.num_rows} labs"
    return Proof(name="delta", subject="changes.parquet", passed=digest == found, why=why)


def _told(reader: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the columns a feed tells, as far as the release has them."""
    there = set(reader.view("labs").columns)
    return [name for name in Lab.column_names() if name in there and name not in UNTOLD]


def _ids_stay(reader: duckdb.DuckDBPyConnection, past: pa.Table | None) -> Proof:
    """Show that no id was lost, none was born twice, and none that was taken up again was somebody else's."""
    reader.register("past", (past if past is not None else RegistryEntry.arrow_schema().empty_table()))
    (lost,) = numbers(
        reader,
        [
            "(FROM past ANTI JOIN registry AS r ON past.lab_id = r.lab_id AND past.first_seen = r.first_seen "
            "SELECT count(*))"
        ],
    )
    why = f"{lost} ids of the release before are gone from the registry, or were given a second birth"
    return Proof(name="ids_stay", subject="registry.parquet", passed=lost == 0, why=why)


def _as_of(reader: duckdb.DuckDBPyConnection, manifest: Manifest) -> Proof:
    told = _told(reader)
    day = manifest.as_of.isoformat()
    reader.execute(
        f"CREATE VIEW now AS FROM history WHERE valid_from <= DATE '{day}' AND coalesce(DATE '{day}' < valid_to, true)"
    ).fetchall()
    one = table_sha256(0, read_columns(reader, "now", told))
    other = table_sha256(0, read_columns(reader, "labs", told))
    why = f"the labs as of {day} " + ("are" if one == other else "are not") + " those of labs.parquet"
    return Proof(name="as_of", subject="history.parquet", passed=one == other, why=why)


def _personal(reader: duckdb.DuckDBPyConnection) -> Iterator[Proof]:
    """Count e-mail addresses in what stays for ever, by a reading of the files that trusts nobody's cleaning."""
    texts = {
        "labs": [name for name in reader.view("labs").columns if name not in privacy.URLS | {"geometry"}],
        "changes": ["before_json", "after_json"],
    }
    for table, names in texts.items():
        row = " || ".join(f"coalesce(\"{name}\"::VARCHAR, '')" for name in names if name != "lab_id")
        prose = f"regexp_replace({row}, 'https?://[^\\s\"]*', '', 'g')"
        found = number(reader, f"FROM {table} SELECT count(*) WHERE regexp_matches({prose}, ?)", [privacy.EMAIL])
        why = f"{found} rows hold an e-mail address"
        yield Proof(name="no_contact", subject=f"{table}.parquet", passed=found == 0, why=why)


def _credited(reader: duckdb.DuckDBPyConnection, folder: Path) -> Proof:
    used = {name for (name,) in reader.execute("FROM lab_listings SELECT DISTINCT source").fetchall()}
    text = (folder / "ATTRIBUTION.md").read_text(encoding="utf-8")
    lost = sorted(name for name in used if f"- `{name}`:" not in text)
    why = f"without credit: {', '.join(lost)}" if lost else f"{len(used)} sources credited"
    return Proof(name="credited", subject="ATTRIBUTION.md", passed=not lost, why=why)


def _licensed(reader: duckdb.DuckDBPyConnection, edition: str) -> Proof:
    """Show that no source gave more than its terms allow, and none that may give nothing gave anything."""
    sources = reader.view("sources").to_arrow_table()
    given = layers(sources)
    welcome = set(sources_allowed(sources, edition)["source"].to_pylist())
    rows = reader.execute("FROM lab_listings SELECT source, fields_won").fetchall()
    won: dict[str, set[str]] = {}
    for source, fields in rows:
        won.setdefault(source, set()).update(fields or [])
    more = {source: sorted(fields - FACTS) for source, fields in won.items() if given.get(source) == "facts"}
    wrong = {f"{source} gave {', '.join(fields)}" for source, fields in more.items() if fields}
    wrong |= {f"{source} may give nothing" for source in won.keys() - welcome}
    why = "; ".join(sorted(wrong)[:5]) or "each source gave what its terms allow"
    return Proof(name="licensed", subject="lab_listings.parquet", passed=not wrong, why=why)
