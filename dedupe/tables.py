"""Parquet files to Parquet files: what `labs dedupe` does, all or nothing."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedupe import judgements as judgement_file
from dedupe.explanation import receipts
from dedupe.explanation.quality import doubts
from dedupe.fusion import fuse
from dedupe.ids.carry import Continuity, Previous, continuity
from dedupe.ids.new_keys import read as read_new_keys
from dedupe.ids.rekey import rekey_all
from dedupe.last_week import state
from dedupe.normalize import with_all_columns
from dedupe.order import canonical
from dedupe.resolve import Resolution, resolve
from warehouse.schema import Listing, Match, UserError

REQUIRED = ("source", "source_key", "name")

RESULTS = ("matches.parquet", "lab_listings.parquet", "labs.parquet")
"""What is written for the user."""

BOOKS = ("registry.parquet", "id_bridge.parquet", "departed.parquet", "listings.parquet")
"""What is written for the next run, beside the results."""

FIRST_WEEK = "2000-W01"
"""Week of a first run that names none: the ids hang on the week, so they must not hang on the day of the run."""


@dataclass(frozen=True)
class Summary:
    """What a run came to.

    Attributes:
        listings, labs, pairs: How many.
        ignored: Columns of the input that no listing has.
        notes: What the user should know, one line each.
    """

    listings: int
    labs: int
    pairs: int
    ignored: tuple[str, ...]
    notes: tuple[str, ...]


def run(  # noqa: PLR0913  # an argument an option of the command
    listings: Path, out: Path, *, week: str | None = None, previous: Path | None = None,
    judgements: Path | None = None, new_keys: Path | None = None,
) -> Summary:  # fmt: skip
    """Write matches, lab_listings and labs of a table of listings into `out`, and the books for the next run.

    Without a week the runs are counted, not dated: see `week_after`. New keys are applied to what was before and to
    the judgements, in this run.

    Raises: UserError when an input cannot be used; nothing is written then.
    """
    table, ignored = read_listings(listings)
    decisions = read_judgements(judgements)
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: not a folder")
    strangers = sorted(
        path.name for path in (out.iterdir() if out.exists() else ()) if path.name not in (*RESULTS, *BOOKS, "state")
    )
    if strangers:
        raise UserError(f"{out}: holds {strangers[0]}, which labs dedupe did not write: name an empty or new folder")
    if new_keys and previous is None:
        raise UserError("--new-keys: keys change from one run to the next: name the run before with --previous")
    before, decisions = _before(table, decisions, previous, new_keys) if previous else (None, decisions)
    week = week or week_after(before)
    # reading a million listings leaves twice their size behind in Arrow's pool
    pa.default_memory_pool().release_unused()
    resolution = resolve(table, None, week=week, policy={}, judgements=decisions, before=before)
    assignments, registry = resolution.assignments, resolution.registry
    pairs, notes = len(resolution.decided.pairs), _notes(before, resolution)
    with _replacing(out) as folder:
        _write(folder, resolution)
        # of a million listings the compared pairs are a gigabyte, and labs are fused without them
        del resolution, before
        labs = fuse(table, None, assignments, None, None, registry, week=week, policy={}).labs
        pq.write_table(labs, folder / "labs.parquet", compression="zstd")
    return Summary(len(table), len(labs), pairs, ignored, notes)


def _before(
    listings: pa.Table, decisions: Sequence[judgement_file.Judgement], previous: Path, new_keys: Path | None
) -> tuple[Continuity, Sequence[judgement_file.Judgement]]:
    """Return what became of the listings of the run before, and what people decided, under the new keys.

    No other hold is kept on the run before: two weeks of a million listings are half a gigabyte.
    """
    before = read_previous(previous)
    if new_keys:
        before, decisions = rekey_all(before, decisions, read_new_keys(new_keys))
    return continuity(listings, before), decisions


def week_after(before: Continuity | None) -> str:
    """Return the week after the last one a lab was seen in before, `FIRST_WEEK` where there was none."""
    last = pc.max(before.registry["last_seen"]).as_py() if before else None
    if last is None:
        return FIRST_WEEK
    year, number, _ = (last + timedelta(weeks=1)).isocalendar()
    return f"{year}-W{number:02}"


def _notes(before: Continuity | None, resolution: Resolution) -> tuple[str, ...]:
    doubtful = doubts(resolution)
    reasons = Counter(reason for doubt in doubtful for reason in doubt.reasons)
    told = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    notes = (f"{len(doubtful)} labs are doubtful ({told}), first {doubtful[0].lab_id}",) if doubtful else ()
    if before is None:
        return notes
    pairs, remembered = len(resolution.decided.pairs), resolution.decided.compared.remembered
    if before.memory is None:
        return ("no state of this version in the previous folder: a full run, every pair was compared", *notes)
    return (f"{pairs - remembered} of {pairs} pairs compared, the others are as they were", *notes)


def read_listings(path: Path) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the listing columns of a Parquet file, in canonical order, and the names of the columns that are none.

    Raises: UserError when the file is no Parquet file, lacks a required column, has a value of the wrong type, a
        listing without source, key or name, or the same listing twice.
    """
    table = _read(path)
    missing = [name for name in REQUIRED if name not in table.column_names]
    if missing:
        raise UserError(f"{path}: column {missing[0]} is missing; {', '.join(REQUIRED)} are needed")
    schema = Listing.arrow_schema()
    columns = {}
    for name in table.column_names:
        if name in schema.names:
            columns[name] = _column(path, name, table[name], schema.field(name).type)
    listings = pa.table(columns)
    for name in REQUIRED:
        blank = pc.equal(pc.utf8_trim_whitespace(listings[name]), "").fill_null(True)
        if pc.any(blank).as_py():
            row = pc.index(blank, True).as_py()
            raise UserError(f"{path}: row {row + 1} has no {name}")
    counts = listings.group_by(["source", "source_key"]).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))
    if len(twice):
        first = twice.sort_by([("source", "ascending"), ("source_key", "ascending")]).slice(0, 1).to_pylist()[0]
        raise UserError(
            f"{path}: {first['source']} {first['source_key']!r} stands {first['count_all']} times; "
            f"a listing has one row ({len(twice)} have more)"
        )
    return canonical(listings), tuple(sorted(set(table.column_names) - set(schema.names)))


def _read(path: Path) -> pa.Table:
    if path.is_dir() and not any(path.rglob("*.parquet")):
        raise UserError(f"{path}: a folder without a Parquet file")
    try:
        return pq.read_table(path)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise UserError(f"{path}: not a readable Parquet file: {str(error).splitlines()[0]}") from None


def _column(path: Path, name: str, column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """Return the column in the type a listing has it in; NaN and empty text are missing."""
    try:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_list(kind) and (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            raise pa.ArrowInvalid("a list of text is needed, this is text")
        if pa.types.is_floating(kind) and not (
            pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or pa.types.is_null(column.type)
        ):
            raise pa.ArrowInvalid(f"a number is needed, this is {column.type}")
        cast = column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UserError(f"{path}: column {name}: {str(error).splitlines()[0]}") from None
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_finite(cast), cast, None)
    if pa.types.is_string(kind) and name not in REQUIRED:
        return pc.if_else(pc.equal(cast, ""), None, cast)
    return cast


def read_judgements(path: Path | None) -> Sequence[judgement_file.Judgement]:
    """Return the judgements of the file, none without a file.

    Raises: UserError when they cannot be read or contradict each other.
    """
    if path is None:
        return ()
    try:
        return judgement_file.read(path)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def read_previous(folder: Path) -> Previous:
    """Return what an earlier run left in its folder.

    Raises: UserError when a file is missing.
    """
    for name in ("lab_listings.parquet", *BOOKS):
        if not (folder / name).is_file():
            raise UserError(f"{folder}: has no {name}: it is not a folder labs dedupe has written")
    return Previous(
        memory=state.load(folder / "state"),
        assignments=_read(folder / "lab_listings.parquet"),
        registry=_read(folder / "registry.parquet"),
        id_bridge=_read(folder / "id_bridge.parquet"),
        listings=_read(folder / "listings.parquet"),
        departed=_read(folder / "departed.parquet"),
    )


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """Give a new folder beside `out` to write into, and put it in its place when all is written.

    Raises: UserError when something cannot be written; `out` is as it was then.
    """
    fresh, old = (out.with_name(f".{out.name}.{which}") for which in ("new", "old"))
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        yield fresh
        if out.exists():
            shutil.rmtree(old, ignore_errors=True)
            out.rename(old)
        fresh.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise UserError(f"{out}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write(folder: Path, resolution: Resolution) -> None:
    """Write the matches, the books and the state."""
    with pq.ParquetWriter(folder / "matches.parquet", Match.arrow_schema(), compression="zstd") as writer:
        for batch in receipts.match_batches(resolution.listings, resolution.decided, resolution.judgements):
            writer.write_table(batch)
    state.save(folder / "state", resolution.decided.memory)
    tables = {
        "lab_listings": resolution.assignments, "registry": resolution.registry, "id_bridge": resolution.id_bridge,
        "departed": resolution.departed, "listings": with_all_columns(resolution.listings),
    }  # fmt: skip
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
