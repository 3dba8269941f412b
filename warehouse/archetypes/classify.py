"""Listings of labs to one classification a lab: archetype, runner-up, score and the evidence."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pyarrow as pa

from warehouse.archetypes import rules
from warehouse.archetypes.decision import calibration
from warehouse.archetypes.decision.balance import Balance, weigh
from warehouse.archetypes.decision.order import UNCLASSIFIED, Decision, decide
from warehouse.archetypes.reading import lexicon
from warehouse.archetypes.reading.passages import columns
from warehouse.archetypes.reading.testimony import hear
from warehouse.archetypes.reading.text import Reader
from warehouse.archetypes.rules import Rule
from warehouse.archetypes.signals import detect
from warehouse.schema.classification import Classification
from warehouse.schema.lab import Finalite

FINALITE: dict[str, Finalite] = {
    "1": "social",
    "2": "general_public",
    "3": "general_public",
    "4": "economic",
    "5": "economic",
    "6": "social",
}
"""Source: codebook §1: 4, 5 economic; 1, 6 social; 2, 3 general public."""
MOST_EVIDENCE = 12
"""Cues published a lab, heaviest first; more would repeat."""
_BATCH = 4096


def classify(listings: pa.Table) -> pa.Table:
    """Return the classifications of the labs the listings belong to (schema Classification), by lab_id.

    Args:
        listings: listings with one more column `lab_id`; several rows a lab. Absent listing columns are read as null.
    """
    schema = Classification.arrow_schema()
    wanted = ["lab_id", "source", "source_key", "country_code", *columns()]
    present = [name for name in dict.fromkeys(wanted) if name in listings.column_names]
    ordered = listings.select(present).sort_by(
        [(n, "ascending") for n in ("lab_id", "source", "source_key") if n in present]
    )
    batches: list[pa.RecordBatch] = []
    rows: list[dict[str, Any]] = []
    for lab_id, group in _labs(ordered):
        rows.append(classify_lab(lab_id, group))
        if len(rows) >= _BATCH:
            batches.append(pa.RecordBatch.from_pylist(rows, schema=schema))
            rows = []
    if rows:
        batches.append(pa.RecordBatch.from_pylist(rows, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def _labs(ordered: pa.Table) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    lab_id: str | None = None
    group: list[dict[str, Any]] = []
    for batch in ordered.to_batches(max_chunksize=_BATCH):
        for row in batch.to_pylist():
            if row["lab_id"] != lab_id and group:
                yield lab_id or "", group
                group = []
            lab_id = row["lab_id"]
            group.append(row)
    if group:
        yield lab_id or "", group


@cache
def _reader() -> Reader:
    return Reader(lexicon.load())


def classify_lab(lab_id: str, listings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one row of Classification as a dict."""
    balance, decision = _weigh_and_decide(listings, rules.load())
    disagreeing = _disagreeing(listings, decision) if len(listings) > 1 else []
    return {
        "lab_id": lab_id,
        "archetype": decision.archetype,
        "runner_up": decision.runner_up,
        "score": calibration.score(decision, disagreeing=len(disagreeing)),
        "margin": round(decision.margin, 3),
        "finalite": FINALITE.get(decision.archetype),
        "decided_by": decision.step,
        "hint": decision.hint,
        "reason": decision.reason,
        "evidence": _evidence(balance),
        "rules_version": rules.version(),
        "codebook_rule": decision.codebook_rule,
        "guards": [guard._asdict() for guard in decision.guards] or None,
        "disagreeing": disagreeing or None,
    }


def decide_lab(listings: list[dict[str, Any]], table: Mapping[str, tuple[Rule, ...]] | None = None) -> Decision:
    """Return the decision on one lab without its receipts, by another rule table when one is given."""
    return _weigh_and_decide(listings, rules.load() if table is None else table)[1]


def _weigh_and_decide(
    listings: list[dict[str, Any]], table: Mapping[str, tuple[Rule, ...]]
) -> tuple[Balance, Decision]:
    testimony = hear(listings, _reader(), lexicon.load())
    balance = weigh(list(detect(testimony)), table)
    return balance, decide(testimony, balance)


def _disagreeing(listings: list[dict[str, Any]], decision: Decision) -> list[str]:
    """Return the listings that alone give another archetype; those that alone give none do not disagree."""
    found = []
    for listing in listings:
        alone = decide_lab([listing]).archetype
        if alone not in {UNCLASSIFIED, decision.archetype}:
            found.append(f"{listing.get('source') or ''}:{listing.get('source_key') or ''}={alone}")
    return sorted(found)


def _evidence(balance: Balance) -> list[dict[str, Any]]:
    cues = sorted(
        balance.counted,
        key=lambda counted: (
            -abs(counted.points),
            counted.rule.name,
            counted.signal.cue.matched,
            counted.signal.cue.source,
            counted.signal.cue.source_key,
            counted.signal.cue.field,
        ),
    )
    return [
        {
            "tag": signal.tag,
            "matched": signal.cue.matched,
            "field": signal.cue.field,
            "source": signal.cue.source,
            "source_key": signal.cue.source_key,
            "archetype": rule.archetype,
            "weight": round(points, 3),
            "rule": rule.name,
            "sentence_fr": rule.why_fr,
            "sentence_en": rule.why_en,
        }
        for signal, rule, points in cues[:MOST_EVIDENCE]
    ]
