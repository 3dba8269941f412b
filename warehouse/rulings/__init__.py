"""What people decided about the data, read once for a week: objections and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.reasons import Decided
from warehouse.rulings import corrections, suppressions
from warehouse.rulings.corrections import Correction
from warehouse.rulings.suppressions import Suppression
from warehouse.schema import Lab, Listing
from warehouse.storage import Storage


@dataclass(frozen=True)
class Rulings:
    """The objections and corrections that hold in a week."""

    suppressions: Sequence[Suppression] = ()
    corrections: Sequence[Correction] = ()

    @classmethod
    def reviewed(cls) -> Self:
        """Return the rulings reviewed with the code.

        Raises: BadSuppression, BadCorrection.
        """
        return cls(suppressions.read(suppressions.REVIEWED), corrections.read(corrections.REVIEWED))

    @classmethod
    def of(cls, storage: Storage) -> Self:
        """Return the rulings that hold in a warehouse: those reviewed with the code, and the objections filed in it.

        Raises: BadSuppression, BadCorrection.
        """
        reviewed = cls.reviewed()
        return cls([*reviewed.suppressions, *suppressions.filed(storage)], reviewed.corrections)

    def on_listings(self, listings: pa.Table, monday: date) -> pa.Table:
        """Return the week's listings as people want them; before they are located and resolved."""
        left = suppressions.listings_left(listings, self.suppressions)
        return corrections.applied(left, Listing, self.corrections, on=monday)[0]

    def on_entries(self, unanswered: pa.Table, counted: pa.Table) -> pa.Table:
        """Return the week's silent entries as people want them: none that is withdrawn, by its key or by its listing.

        `counted`: the week's listings before the rulings.
        """
        said = counted.filter(suppressions.listings_withdrawn(counted, self.suppressions))
        gone = suppressions.listings_withdrawn(unanswered, self.suppressions)
        for source, key in zip(said["source"].to_pylist(), said["source_key"].to_pylist(), strict=True):
            own = pc.and_(pc.equal(unanswered["source"], source), pc.equal(unanswered["source_key"], key))
            gone = pc.or_(gone, own)
        return unanswered.filter(pc.invert(gone))

    def on_labs(self, labs: pa.Table, monday: date) -> tuple[pa.Table, Decided]:
        """Return the week's labs as people want them, and what was decided."""
        gone = suppressions.labs_withdrawn(labs["lab_id"].to_pylist(), self.suppressions)
        left = without_labs(labs, gone)
        corrected, by_correction = corrections.applied(left, Lab, self.corrections, on=monday)
        emptied, by_objection = suppressions.fields_withdrawn(corrected, self.suppressions)
        decided = dict.fromkeys(by_correction, "correction") | dict.fromkeys(by_objection, "privacy")
        return emptied, decided | {(lab_id, "*"): "privacy" for lab_id in gone}


def without_labs(table: pa.Table, lab_ids: set[str]) -> pa.Table:
    """Return the rows of the table that are about no lab of the set."""
    if not lab_ids:
        return table
    gone = pa.array(sorted(lab_ids), pa.string())
    return table.filter(pc.invert(pc.is_in(table["lab_id"], value_set=gone)))
