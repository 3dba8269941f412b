"""Commands that measure a stage against labels people gave."""

from pathlib import Path

from flows.commands.speech import DONE, say


def evaluate_dedupe(listings: Path, pairs: Path, /, *, judgements: Path | None = None) -> int:
    """Measure matching on labelled pairs, end to end through blocking and clustering.

    Args:
        listings: Parquet file of listings.
        pairs: CSV file with source_a, source_key_a, source_b, source_key_b and label (S same, D different, U unsure).
        judgements: CSV file of human decisions to honour.
    """
    from dedupe.evaluation import run
    from dedupe.evaluation_text import render

    say(render(run(listings, pairs, judgements)))
    return DONE


def evaluate_archetypes(gold: Path, /) -> int:
    """Measure archetypes on labelled labs.

    Args:
        gold: CSV or Parquet file with id, name, label, optionally alt, and any of the listing columns.
    """
    from warehouse.archetypes.evaluation import evaluate_gold, render

    say(render(evaluate_gold(gold)))
    return DONE
