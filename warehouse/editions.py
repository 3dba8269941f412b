"""Which tables an edition of a release holds, under which licence."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

LICENCES: Mapping[str, str] = {"full": "ODbL-1.0", "open": "etalab-2.0"}
"""The licence of each edition as an SPDX id: one cell of an ODbL source makes the database ODbL."""

RELEASED = ("labs", "lab_listings", "classifications", "changes", "id_bridge", "registry", "sources")
"""Tables of every edition, each in a Parquet file of its name."""

CONTACT_WEEKS = 13
"""So long are contacts kept. Source: issue 7."""


@dataclass(frozen=True)
class Edition:
    """One edition of one week: its tables, exact schemas, sorted by key."""

    name: str
    tables: Mapping[str, pa.Table]
    contacts: pa.Table

    @property
    def licence(self) -> str:
        """SPDX id of the licence."""
        return LICENCES[self.name]
