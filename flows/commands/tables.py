"""Commands on the user's own tables: dedupe and classify."""

from pathlib import Path

from flows.terminal.speech import DONE, note, say


def dedupe(  # noqa: PLR0913  # one argument an option
    listings: Path,
    /,
    *,
    out: Path,
    previous: Path | None = None,
    judgements: Path | None = None,
    new_keys: Path | None = None,
    week: str | None = None,
) -> int:
    """Find the listings of a table that are one lab; write matches, lab_listings and labs.

    Args:
        listings: Parquet file with source, source_key, name and any other listing columns.
        out: folder for matches.parquet, lab_listings.parquet and labs.parquet.
        previous: the folder a run of the week before wrote: its ids are kept.
        judgements: CSV file of human decisions (left, right, verdict, by, on, why).
        new_keys: CSV file (source, old, new) of keys a source has changed since --previous, once.
        week: ISO week of the listings, as 2026-W42. The ids of new labs and the dates of all labs hang on it. By
            default the week after the one of --previous, 2000-W01 in a first run: the same on any day.
    """
    from dedupe.tables import run
    from flows.planning.plan import parse_week

    asked = str(parse_week(week)) if week else None
    done = run(listings, out, week=asked, previous=previous, judgements=judgements, new_keys=new_keys)
    for line in done.notes:
        note(line)
    if done.ignored:
        note(f"columns no listing has were ignored: {', '.join(done.ignored)}")
    say(f"{done.listings} listings are {done.labs} labs ({done.pairs} pairs compared): {out}")
    return DONE


def classify(table: Path, /, *, out: Path) -> int:
    """Tag the labs of a table with their archetype.

    Args:
        table: CSV or Parquet file with id, name and any of the listing columns.
        out: file to write, .csv or .parquet: id, archetype, runner_up, score, evidence.
    """
    from warehouse.archetypes.tables import classify_table

    done = classify_table(table, out)
    if done.unknown_columns:
        note(f"columns no listing has were ignored: {', '.join(done.unknown_columns)}")
    counts = ", ".join(f"{label} {count}" for label, count in done.archetypes.items())
    say(f"{done.labs} labs ({counts}): {out}")
    return DONE
