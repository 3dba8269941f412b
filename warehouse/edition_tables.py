"""The lake's tables of a week and the release before to the tables one edition publishes."""

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import history, parquet, privacy, suppressions
from warehouse.changes import Snapshot, changes
from warehouse.editions import RELEASED, Edition, sources_allowed
from warehouse.lake import Lake
from warehouse.rulings import Rulings, without_labs
from warehouse.schema import TABLES, RegistryEntry, conform
from warehouse.weeks import Week

_PER_EDITION = ("labs", "lab_listings", "classifications", "contacts")
_SHARED = ("registry", "id_bridge", "sources", "rejections")


def assemble(lake: Lake, week: Week, name: str, past: Snapshot | None, rulings: Rulings) -> Edition:
    """Return the edition: rulings applied, personal data cut, its own feed and history.

    Raises: FileNotFoundError when the lake lacks a table of the week.
    """
    own = lake if name == "full" else Lake(lake.storage.url, edition=name)
    tables = {table: parquet.canonical(own.read(table, week), TABLES[table]) for table in _PER_EDITION}
    tables |= {table: parquet.canonical(lake.read(table, week), TABLES[table]) for table in _SHARED}

    ids = set(tables["registry"]["lab_id"].to_pylist())
    erased = suppressions.labs_withdrawn(sorted(ids), rulings.suppressions)
    labs, decided = rulings.on_labs(privacy.cleared(tables["labs"]), week.monday)
    tables["labs"] = labs
    for table in ("lab_listings", "classifications"):
        tables[table] = without_labs(tables[table], erased)
    tables["registry"] = _erased(tables["registry"], erased)
    tables["sources"] = sources_allowed(tables["sources"], name)
    contacts = suppressions.contacts_left(privacy.contacts_allowed(tables.pop("contacts")), rulings.suppressions)

    versions = without_labs(past.history, erased) if past and past.history is not None else None
    tables["history"] = history.extended(versions, labs, week.monday)
    if rulings.suppressions:
        tables["history"], _ = suppressions.fields_withdrawn(tables["history"], rulings.suppressions)
    names = ("labs", "lab_listings", "registry", "id_bridge", "sources", "rejections", "history")
    tables["changes"] = changes(past, Snapshot(**{table: tables[table] for table in names}), decided=decided)
    return Edition(name, {table: conform(tables[table], row) for table, row in RELEASED.items()}, contacts)


def has_edition(lake: Lake, week: Week, name: str) -> bool:
    """Tell whether the lake holds the week's tables of the edition."""
    return name == "full" or Lake(lake.storage.url, edition=name).has("labs", week)


def _erased(registry: pa.Table, lab_ids: set[str]) -> pa.Table:
    """Return the registry with the labs marked erased: an id that was issued is never taken back."""
    hit = pc.is_in(registry["lab_id"], value_set=pa.array(sorted(lab_ids), pa.string()))
    position = registry.schema.get_field_index("status")
    status = pc.if_else(hit, "erased", registry["status"])
    return conform(registry.set_column(position, registry.schema.field(position), status), RegistryEntry)
