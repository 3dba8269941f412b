"""Commands that measure a stage against labels people gave."""

from pathlib import Path

from flows.settings import Settings
from flows.terminal.speech import DONE, say


def evaluate_dedupe(listings: Path, pairs: Path, /, *, judgements: Path | None = None) -> int:
    """Measure matching on labelled pairs, end to end through blocking and clustering.

    Args:
        listings: Parquet file of listings.
        pairs: CSV file with source_a, source_key_a, source_b, source_key_b and label (S same, D different, U unsure).
        judgements: CSV file of human decisions to honour.
    """
    from dedupe.model.evaluation import lines, run

    say("\n".join(lines(run(listings, pairs, judgements))))
    return DONE


def evaluate_archetypes(gold: Path, /) -> int:
    """Measure archetypes on labelled labs.

    Args:
        gold: CSV or Parquet file with id, name, label, optionally alt, and any of the listing columns.
    """
    from warehouse.archetypes.evaluation import evaluate_gold, render

    say(render(evaluate_gold(gold)))
    return DONE


def evaluate_location(census: Path, /) -> int:
    """Measure locating on the census of 2019: the commune found without the census's own code.

    Args:
        census: CSV file of the census, as the source cget_2019 publishes it.
    """
    from warehouse.gazetteer.evaluation import evaluate

    found = evaluate(census)
    for line in found.lines():
        say(line)
    return DONE


def evaluate_coverage(*, week: str | None = None, warehouse: str | None = None) -> int:
    """Say how many labs of each source have an archetype, and what was missing for the rest.

    Args:
        week: ISO week; by default the latest published one.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.inputs import with_lab_ids
    from flows.lineage.explain import published_week
    from warehouse.archetypes.measures.coverage import coverage, render
    from warehouse.lake import Lake

    lake = Lake(warehouse or Settings.read().warehouse)
    chosen = published_week(lake, week)
    listings = with_lab_ids(lake.read("listings", chosen), lake.read("assignments", chosen))
    say(render(coverage(listings, lake.read("classifications", chosen))))
    return DONE
