"""A source's announced new keys applied once to what last week came to, and to what people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from dedupe.ids.carry import Previous
from dedupe.ids.new_keys import Announced, BadKeys, NewKeys
from dedupe.judgements import Judgement


def rekey_since(
    previous: Previous | None,
    judgements: Sequence[Judgement],
    changes: Sequence[Announced],
    read_on: tuple[Mapping[str, date], Mapping[str, date]],
) -> tuple[Previous | None, tuple[Judgement, ...]]:
    """Return last week and the judgements under the keys that this week's listings have.

    A source that could not be read since it changed its keys is listed under the old ones still. A judgement names
    listings by the keys of its day.

    Args:
        previous: What last week came to, None in the first week.
        judgements: Human decisions.
        changes: What sources have announced, the earliest first.
        read_on: Monday of the week each source's listings are of, last week and this.

    Raises: BadKeys when two listings would get one key.
    """
    before, now = read_on
    judged = tuple(judgements)
    for change in changes:
        source = change.source
        if source not in now or now[source] < change.since:
            continue
        judged = tuple(
            one if one.on >= change.since else rekey_judgements([one], source, change.keys)[0] for one in judged
        )
        if previous is not None and (source not in before or before[source] < change.since):
            previous = rekey(previous, source, change.keys)
    return previous, judged


def rekey_all(
    previous: Previous, judgements: Sequence[Judgement], keys: NewKeys
) -> tuple[Previous, tuple[Judgement, ...]]:
    """Return last week and the judgements under the new keys of every source.

    Raises: BadKeys when two listings would get one key.
    """
    for source, own in keys.items():
        previous, judgements = rekey(previous, source, own), rekey_judgements(judgements, source, own)
    return previous, tuple(judgements)


def rekey(previous: Previous, source: str, keys: Mapping[str, str]) -> Previous:
    """Return last week as if the source had always had its new keys; keys it does not map stay.

    Raises: BadKeys when two listings would get one key.
    """
    departed = previous.departed
    return replace(
        previous,
        assignments=_with_keys(previous.assignments, source, keys),
        listings=_with_keys(previous.listings, source, keys),
        departed=None if departed is None else _with_keys(departed, source, keys, unique=False),
    )


def rekey_judgements(judgements: Sequence[Judgement], source: str, keys: Mapping[str, str]) -> tuple[Judgement, ...]:
    """Return the judgements about the same listings under their new keys."""

    def renamed(listing: tuple[str, str]) -> tuple[str, str]:
        return (source, keys.get(listing[1], listing[1])) if listing[0] == source else listing

    return tuple(replace(one, left=renamed(one.left), right=renamed(one.right)) for one in judgements)


def _with_keys(table: pa.Table, source: str, keys: Mapping[str, str], *, unique: bool = True) -> pa.Table:
    mine = pc.equal(table["source"], source)
    old = table["source_key"].cast(pa.string())
    known = pc.index_in(old, pa.array(list(keys), pa.string()))
    new = pa.array(list(keys.values()), pa.string()).take(known.combine_chunks())
    renamed = pc.if_else(mine, pc.coalesce(new, old), old)
    if unique:
        counts = pc.value_counts(renamed.filter(mine)).to_pylist()
        twice = sorted(str(count["values"]) for count in counts if count["counts"] > 1)
        if twice:
            raise BadKeys(f"{source}: two listings would have the key {twice[0]!r}")
    field = table.schema.field("source_key")
    return table.set_column(table.column_names.index("source_key"), field, renamed.cast(field.type))
