"""Listings and classifications to coverage by source: how many labs have an archetype, and what the rest lacked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from warehouse.archetypes.decision.order import UNCLASSIFIED

_INFORMATIVE = ("description", "operator", "services", "kinds", "website", "address", "equipment")
"""Columns whose absence leaves the classifier without words, most telling first."""


@dataclass(frozen=True)
class SourceCoverage:
    """The labs one source lists."""

    source: str
    labs: int
    classified: int
    coverage_share: float
    archetypes: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    """Why the others have none, most frequent first."""
    missing: tuple[tuple[str, int], ...]
    """Columns that no listing of an unclassified lab fills, most frequent first."""


def coverage(listings: pa.Table, classifications: pa.Table) -> tuple[SourceCoverage, ...]:
    """Return the coverage of every source, by name, and of all together as source `all`.

    Args:
        listings: listings with `lab_id`; a lab counts for every source that lists it.
        classifications: rows of Classification for these labs.
    """
    decided = {row["lab_id"]: row for row in classifications.select(["lab_id", "archetype", "reason"]).to_pylist()}
    present = [name for name in _INFORMATIVE if name in listings.column_names]
    filled: dict[str, set[str]] = {}
    sources: dict[str, set[str]] = {}
    for row in listings.select(["lab_id", "source", *present]).to_pylist():
        filled.setdefault(row["lab_id"], set()).update(name for name in present if row[name])
        sources.setdefault(row["source"], set()).add(row["lab_id"])
    found = [_of_source(source, sorted(labs), decided, filled) for source, labs in sorted(sources.items())]
    return (*found, _of_source("all", sorted(decided), decided, filled))


def _of_source(
    source: str, labs: Sequence[str], decided: dict[str, dict[str, str]], filled: dict[str, set[str]]
) -> SourceCoverage:
    without = [lab for lab in labs if decided[lab]["archetype"] == UNCLASSIFIED]
    archetypes = Counter(decided[lab]["archetype"] for lab in labs)
    missing = Counter(name for lab in without for name in _INFORMATIVE if name not in filled.get(lab, set()))
    return SourceCoverage(
        source,
        len(labs),
        len(labs) - len(without),
        round(1 - len(without) / len(labs), 4) if labs else 0.0,
        tuple(sorted(archetypes.items())),
        tuple(Counter(decided[lab]["reason"] for lab in without).most_common()),
        tuple(sorted(missing.items(), key=lambda item: (-item[1], _INFORMATIVE.index(item[0])))),
    )


def render(found: Sequence[SourceCoverage]) -> str:
    """Return the coverage as text, one line a source."""
    lines = [f"{'source':20}{'labs':>7}{'with':>7}{'share':>7}  without: reasons; columns no listing fills"]
    for row in found:
        reasons = ", ".join(f"{reason} {count}" for reason, count in row.reasons)
        missing = ", ".join(f"{name} {count}" for name, count in row.missing[:3])
        lines.append(
            f"{row.source:20}{row.labs:7}{row.classified:7}{row.coverage_share:7.2f}  {reasons}; {missing}".rstrip(" ;")
        )
    return "\n".join(lines)
