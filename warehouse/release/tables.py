"""The lake's tables of a week and the release before to the tables one edition publishes."""

import logging
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import history, parquet
from warehouse.changes import Snapshot, changes
from warehouse.columns import replaced
from warehouse.editions import EDITIONS, RELEASED, Edition, sources_allowed, won_within_terms
from warehouse.lake import Lake
from warehouse.rulings import Rulings, privacy, suppressions, without_labs
from warehouse.schema import TABLES, RegistryEntry, conform
from warehouse.weeks import Week

logger = logging.getLogger(__name__)

_PER_EDITION = ("labs", "lab_listings", "classifications", "contacts")
_SHARED = ("registry", "id_bridge", "sources", "rejections")

Tables = Mapping[str, pa.Table]
"""What is published of one week and what explains it: also contacts, rejections and unanswered."""


def from_lake(lake: Lake, week: Week) -> dict[str, Tables]:
    """Return the week's tables of each edition the lake holds; `full` always.

    Raises: FileNotFoundError when the lake lacks a table of the week.
    """
    shared = {table: lake.read(table, week) for table in _SHARED} | {"unanswered": lake.kept("unanswered", week)}
    lakes = {name: lake if name == "full" else Lake(lake.storage, edition=name) for name in EDITIONS}
    return {
        name: shared | {table: own.read(table, week) for table in _PER_EDITION}
        for name, own in lakes.items()
        if name == "full" or own.has("labs", week)
    }


def assemble(name: str, given: Tables, week: Week, past: Snapshot | None, rulings: Rulings) -> Edition:
    """Return the edition: rulings applied, personal data cut, its own feed and history."""
    tables = {table: parquet.canonical(rows, TABLES[table]) for table, rows in given.items()}
    ids = set(tables["registry"]["lab_id"].to_pylist())
    withdrawn = suppressions.labs_withdrawn(sorted(ids), rulings.suppressions)
    labs, tables["lab_listings"], beyond = won_within_terms(tables["labs"], tables["lab_listings"], tables["sources"])
    if beyond:
        logger.warning("edition %s: %s cells that terms do not grant were emptied", name, len(beyond))
    labs, decided = rulings.on_labs(privacy.cleared(labs), week.monday)
    tables["labs"] = labs
    for table in ("lab_listings", "classifications"):
        tables[table] = without_labs(tables[table], withdrawn)
    tables["registry"] = erased(tables["registry"], withdrawn)
    tables["sources"] = sources_allowed(tables["sources"], name)
    contacts = suppressions.contacts_left(privacy.contacts_allowed(tables.pop("contacts")), rulings.suppressions)

    versions = without_labs(past.history, withdrawn) if past and past.history is not None else None
    tables["history"] = history.extended(versions, labs, week.monday)
    if rulings.suppressions:
        tables["history"], _ = suppressions.fields_withdrawn(tables["history"], rulings.suppressions)
    tables["changes"] = changes(past, Snapshot.of(tables), decided=decided)
    return Edition(name, {table: conform(tables[table], row) for table, row in RELEASED.items()}, contacts)


def erased(registry: pa.Table, lab_ids: set[str]) -> pa.Table:
    """Return the registry with the labs marked erased: an id that was issued is never taken back."""
    hit = pc.is_in(registry["lab_id"], value_set=pa.array(sorted(lab_ids), pa.string()))
    return conform(replaced(registry, "status", pc.if_else(hit, "erased", registry["status"])), RegistryEntry)
