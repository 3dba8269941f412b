"""What matching runs on to docs/dedupe.md: generated, so that the page cannot say something else.

`pytest tests/dedupe/explanation/test_documentation.py --accept` writes the page; the test fails on a stale copy.
"""

import inspect
from collections.abc import Iterator

from dedupe import average_link, scoring
from dedupe.comparison import FEATURES
from dedupe.explanation import quality
from dedupe.judgements import HEADER
from dedupe.last_week.inertia import SAID
from dedupe.model.fit import EITHER_WAY, MORE_IS_LESS
from dedupe.model.frozen_quality import frozen_quality
from dedupe.rules import REASONS
from dedupe.tables import BOOKS, FIRST_WEEK, REQUIRED, RESULTS

_PAGE = """\
# Which listings are one lab

`labs refresh` resolves the registry's own listings. For a table of your own:

```sh
labs dedupe LISTINGS.parquet --out DIR                      # {results}
labs dedupe NEXT.parquet --out DIR2 --previous DIR          # the next week: ids are kept, what changed is matched
labs review LISTINGS.parquet --judgements judgements.csv    # doubtful pairs, one key a verdict
labs dedupe LISTINGS.parquet --out DIR --judgements judgements.csv
labs dedupe NEXT.parquet --out DIR2 --previous DIR --new-keys keys.csv    # source,old,new: a source announced new keys
labs evaluate dedupe LISTINGS.parquet PAIRS.csv             # precision, recall, F1, and every miss with its features
labs explain LAB_ID                                         # why the listings of a published lab are one lab
```

A table needs {required}; every other [listing column](data-dictionary.md) it has is read, columns no listing has are
named and ignored. A mistake in it is one line and exit status 2, and nothing is written. The same table gives the same
bytes on any day and in any order of rows: without `--week` a first run is of week {first_week}, and each next one of
the week after its `--previous`. Name `--week` where the dates in `labs.parquet` are to be real ones. `DIR` also holds
{books} and `state/` for the next run; without a `state/` of this version everything is compared again, and the run says
so.

This page is generated from what matching runs on: after a change run
`pytest tests/dedupe/explanation/test_documentation.py --accept`.

## How it is decided

1. **Normalising** gives each listing lossy keys, used to compare and never published. The generic word ("fablab",
   "makerspace") and the lab's own city weigh little in a name, a rare word weighs one.
2. **Blocking** finds candidate pairs by the rules below. Blocks are bounded: in a large one a listing meets its
   neighbours by name only.
3. **Comparison** gives a pair one value a feature, with its unit; missing is its own level.
4. **Scoring** adds up {trees} small trees (`dedupe/model/trees.json`, model {version}) to log-odds, and those to a
   probability: from {match:.0%} a match, below {no_match:.0%} no match, between them a person is asked.
   What was one lab last week gets {stays:+.1f} log-odds, what was two {apart:+.1f}, and {loss:+.1f} where all that
   happened is that one of the two lost a listing. Veto: two countries and more than {far:.0f} km between them.
5. **Clustering** joins by the average of all pairs of two groups, a pair no rule found counting {unseen:.0%}; no chain
   of listings bridges a refused pair. Judgements bind, two live listings of a source that lists no lab twice stay two,
   and a listing of a share-alike source joins a cluster but never makes two one.
6. **Identity** carries last week's ids: by the listings a cluster shares with a lab, else by what the lab is. The
   oldest id survives a merger and the other names its heir. A new id comes of the first listing and the week.
7. **Fusion** takes each field from the best listing; what the others say is kept beside it.

With a `state/` of the week before, steps 1 to 4 are done for what changed alone, and the result is that of a run in
full, byte for byte: an unchanged listing keeps its keys; a key no listing gained or lost keeps the pairs of its block,
also where the block overflows; a pair is compared again when the text, the point or the reach of a contact of either
listing changed. Why that is exact stands in `dedupe/last_week/memory.py`, and
`tests/dedupe/last_week/test_memory.py` edits weeks at random and compares. `state/` is of one model, one version of the
code and one DuckDB; another is not used.
Step 6 needs no memory: it looks for a lab that lost all its listings among the listings near those alone.

`labs dedupe` tells how many labs are doubtful: two listings score below {weak:.0%} (`weak_link`), lie more than
{wide:.0f} km apart (`wide`), were mostly not compared (`sparse`), or there are more than {large} of them (`large`).

## Judgements

A CSV file with the columns `{header}`; a listing is written `source:source_key`, the verdict is `same`, `different` or
`unsure` (looked at, decides nothing). They hold through any chain: listings that are the same as a third are one lab,
also when the third is gone. Rows that contradict each other stop the run, with their line numbers. The registry's own
are `dedupe/judgements.csv`, reviewed like code; `labs review` appends to them at once, so it can be left at any pair.

## How good it is

{folds}-fold over {pairs} labelled real pairs, no listing ever on both sides, end to end through blocking and
clustering: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f} (95 % interval {low:.3f} to {high:.3f}),
F1 with the strata weighted {weighted:.3f}. `python -m tests.benchmarks.dedupe.cross_validation --write` measures and
freezes it; `tests/dedupe/model/gold_misses.csv` names every labelled pair the shipped model gets wrong, so that a
change that flips one shows it. `make bench-dedupe` measures quality, time and memory on generated listings beside other
matchers.

`python -m dedupe.model.fit` fits the model again (fixed seed; labelled pairs and generated listings).
"""


def document() -> str:
    """Return the page."""
    measured = frozen_quality()
    page = _PAGE.format(
        results=", ".join(RESULTS),
        required=", ".join(f"`{name}`" for name in REQUIRED),
        first_week=FIRST_WEEK,
        books=", ".join(f"`{name}`" for name in BOOKS),
        trees=len(scoring.shipped().trees),
        version=scoring.shipped().version,
        match=scoring.MATCH_AT,
        no_match=scoring.NO_MATCH_BELOW,
        stays=scoring.STAYS,
        apart=-scoring.STAYS_APART,
        loss=min(SAID),
        far=scoring.FAR_KM,
        unseen=average_link.UNSEEN,
        weak=quality.WEAK,
        wide=quality.WIDE_KM,
        large=quality.LARGE,
        header=",".join(HEADER),
        folds=measured.folds,
        pairs=measured.pairs,
        precision=measured.precision,
        recall=measured.recall,
        f1=measured.f1,
        low=measured.f1_low,
        high=measured.f1_high,
        weighted=measured.weighted_f1,
    )
    return "\n".join([page, *_rules(), "", *_features(), ""])


def _rules() -> Iterator[str]:
    yield from ("## Blocking rules", "", "| rule | candidates are |", "|---|---|")
    yield from (f"| `{name}` | {why} |" for name, why in REASONS.items())


def _features() -> Iterator[str]:
    yield from ("## Features", "", "| feature | value | speaks for one lab |", "|---|---|---|")
    for name, function in FEATURES.items():
        text = " ".join((inspect.getdoc(function) or "").split())
        way = "either way" if name in EITHER_WAY else "the less, the more" if name in MORE_IS_LESS else "the more"
        yield f"| `{name}` | {text} | {way} |"
