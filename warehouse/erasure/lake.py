"""An objection to the stage tables: rows about what is withdrawn go, and values of what is withdrawn in part.

Whatever is killed is run again and finishes.
"""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.columns import emptied
from warehouse.editions import EDITIONS
from warehouse.erasure.listings import without_listings
from warehouse.gazetteer.geocoding import queries
from warehouse.gazetteer.locate import locate
from warehouse.lake import Lake
from warehouse.release.tables import erased
from warehouse.rulings import suppressions, without_labs
from warehouse.rulings.suppressions import Suppression
from warehouse.schema import TABLES
from warehouse.weeks import Week

_PER_EDITION = ("labs", "lab_listings", "classifications", "contacts")
_OF_LISTINGS = ("matches", "rejections", "unanswered", "site_checks", "departed", "located", "listings", "assignments")


def weeks_holding(lake: Lake, objections: Sequence[Suppression]) -> dict[Week, list[str]]:
    """Return the weeks whose tables hold something withdrawn, with the names of those tables.

    Names of tables of the edition `open` begin with `open/`.
    """
    found = {week: [name for name, _ in _differing(lake, week, objections)] for week in _weeks(lake)}
    return {week: names for week, names in found.items() if names}


def clean_lake(lake: Lake, objections: Sequence[Suppression]) -> list[Week]:
    """Write the stage tables without what is withdrawn; return the weeks that were touched."""
    touched = []
    for week in _weeks(lake):
        differing = list(_differing(lake, week, objections))
        for name, table in differing:
            edition, slash, own = name.rpartition("/")
            (Lake(lake.storage, edition=edition) if slash else lake).write(own, week, table)
        if differing:
            touched.append(week)
    return touched


def _weeks(lake: Lake) -> list[Week]:
    return sorted({week for name in TABLES for week in lake.weeks(name)})


def _differing(lake: Lake, week: Week, objections: Sequence[Suppression]) -> Iterator[tuple[str, pa.Table]]:
    # `listings` and `assignments` tell what the others are to lose, so they come last
    said, located = lake.kept("listings", week), lake.kept("located", week)
    of_lab = _columns_of_labs(lake.kept("assignments", week), objections)
    for edition in EDITIONS:
        own = lake if edition == "full" else Lake(lake.storage, edition=edition)
        if own.has("labs", week):
            tables = {name: own.kept(name, week) for name in (*_PER_EDITION, "registry")}
            done = without_listings(tables, said, located, objections)
            for name in _PER_EDITION:
                left = _of_labs(name, done[name], objections)
                if not left.equals(tables[name]):
                    yield (name if edition == "full" else f"{edition}/{name}"), left
    registry = lake.kept("registry", week)
    marked = erased(registry, suppressions.labs_withdrawn(registry["lab_id"].to_pylist(), objections))
    if not marked.equals(registry):
        yield "registry", marked
    gone = said.filter(suppressions.listings_withdrawn(said, objections))
    addresses = {query for query in queries(gone, locate(gone)) if query is not None}
    pages = {digest for digest in gone["page_sha256"].to_pylist() if digest is not None}
    for name, row_of in (("geocoder_answers", ("query", addresses)), ("pages", ("sha256", pages))):
        table = lake.kept(name, week)
        left = table.filter(pc.invert(pc.is_in(table[row_of[0]], value_set=pa.array(sorted(row_of[1]), pa.string()))))
        if len(left) < len(table):
            yield name, left
    for name in _OF_LISTINGS:
        table = lake.kept(name, week)
        left = _emptied(_of_listings(name, table, objections), of_lab)
        if not left.equals(table):
            yield name, left


def _of_labs(name: str, table: pa.Table, objections: Sequence[Suppression]) -> pa.Table:
    table = without_labs(table, suppressions.labs_withdrawn(table["lab_id"].to_pylist(), objections))
    if name == "contacts":
        return suppressions.contacts_left(table, objections)
    return suppressions.fields_withdrawn(table, objections)[0] if name == "labs" else table


def _of_listings(name: str, table: pa.Table, objections: Sequence[Suppression]) -> pa.Table:
    if name == "site_checks":
        return without_labs(table, suppressions.labs_withdrawn(table["lab_id"].to_pylist(), objections))
    if name == "matches":
        sides = (
            suppressions.keys_withdrawn(
                table[f"{side}_source"].to_pylist(), table[f"{side}_source_key"].to_pylist(), objections
            )
            for side in ("left", "right")
        )
        return table.filter(pc.invert(pc.or_(*sides)))
    if name == "rejections":
        gone = suppressions.keys_withdrawn(table["source"].to_pylist(), table["record"].to_pylist(), objections)
        return table.filter(pc.invert(gone))
    left = table.filter(pc.invert(suppressions.listings_withdrawn(table, objections)))
    return suppressions.contacts_emptied(left, objections) if name == "listings" else left


def _columns_of_labs(assignments: pa.Table, objections: Sequence[Suppression]) -> dict[str, set[tuple[str, str]]]:
    """Return the listings whose lab has a withdrawn field, by column."""
    labs = suppressions.columns_withdrawn(assignments["lab_id"].unique().to_pylist(), objections)
    found: dict[str, set[tuple[str, str]]] = {}
    for row in assignments.to_pylist():
        for name in labs.get(row["lab_id"], ()):
            found.setdefault(name, set()).add((row["source"], row["source_key"]))
    return found


def _emptied(table: pa.Table, columns: dict[str, set[tuple[str, str]]]) -> pa.Table:
    """Return listings, located or departed with the columns emptied that a field objection names."""
    for name, keys in columns.items():
        if not {name, "source_key"} <= set(table.column_names):
            continue
        pairs = zip(table["source"].to_pylist(), table["source_key"].to_pylist(), strict=True)
        table = emptied(table, name, pa.array([pair in keys for pair in pairs], pa.bool_()))
    return table
