"""The labelled real pairs, each resolved end to end by a model that never saw any pair it hangs together with.

python -m tests.benchmarks.dedupe.cross_validation [--shared ../shared] [--folds 5]
Trees beside the check models: pairs of features, single features (what a table of weights can say).
"""
# ruff: noqa: T201

import argparse
import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from dedupe import blocking, clustering, comparison, normalize, scoring
from dedupe.features import spread
from dedupe.keys.frequencies import Frequencies
from dedupe.model import fit, frozen_quality
from dedupe.model.evaluation import components, interval, measure
from dedupe.order import canonical

SHIPPED = "trees"
MODELS = {"trees": None, "pairs of features": "pairwise", "single features": "no_interactions"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="measure the shipped kind only and freeze its figures")
    options = parser.parse_args()
    listings = canonical(pa.parquet.read_table(options.shared / "data/gold/lab_listings.parquet"))
    path = options.shared / "data/gold/lab_pairs.csv"
    with tempfile.TemporaryDirectory() as folder:
        made = [fit.generate(options.shared, n, seed, Path(folder)) for n, seed in fit.GENERATED]
        shares = fit.word_shares([listings, made[0][0]])
        frequencies = Frequencies(shares)
        generated = [fit.generated_pairs(table, truth, frequencies) for table, truth in made]
        generated.append(fit.neighbours(*made[0], frequencies))
    gold = fit.gold_pairs(listings, path, frequencies)
    left, right, weight = rows_of(listings, path)
    records = spread.settled(normalize.normalize(listings, None, frequencies))
    pairs = blocking.candidates(records)
    features = comparison.compare(records, pairs)
    group = components(left, right)
    names = np.unique(group)
    fold = (np.random.default_rng(fit.SEED).permutation(len(names)) % options.folds)[np.searchsorted(names, group)]
    for name, interactions in MODELS.items():
        if options.write and name != SHIPPED:
            continue
        found = np.zeros(len(left), dtype=bool)
        for number in range(options.folds):
            seen = fold != number
            part = replace(gold, features=gold.features[:, seen], is_one=gold.is_one[seen], weight=gold.weight[seen])
            model = scoring.read(fit.fit([part, *generated], shares, interactions))
            score = scoring.probability(scoring.log_odds(features, model))
            score[scoring.vetoes(dict(zip(comparison.FEATURES, features, strict=True))) > 0] = 0
            scored = clustering.Scored(pairs.left, pairs.right, score)
            cluster = clustering.clusters(scored, clustering.Constraints.none(len(records))).cluster
            found[~seen] = (cluster[left] == cluster[right])[~seen]
        plain, weighted = measure(found, gold.is_one), measure(found, gold.is_one, weight)
        low, high = interval(found, gold.is_one, group)
        print(
            f"{name:18} precision {plain.precision:.4f} recall {plain.recall:.4f} F1 {plain.f1:.4f} "
            f"[{low:.3f}, {high:.3f}] weighted {weighted.precision:.4f} {weighted.recall:.4f} {weighted.f1:.4f}",
            flush=True,
        )
        if options.write:
            freeze(
                frozen_quality.Frozen(
                    model_version=scoring.shipped().version,
                    folds=options.folds,
                    pairs=plain.pairs,
                    precision=round(plain.precision, 4),
                    recall=round(plain.recall, 4),
                    f1=round(plain.f1, 4),
                    f1_low=round(low, 4),
                    f1_high=round(high, 4),
                    weighted_f1=round(weighted.f1, 4),
                )
            )


def freeze(measured: frozen_quality.Frozen) -> None:
    """Write the figures beside the model."""
    path = Path(frozen_quality.__file__).with_name(frozen_quality.FROZEN)
    path.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")


def rows_of(listings: pa.Table, path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows of the labelled pairs in the order of `fit.gold_pairs`, lower row first, and their weights."""
    rows = {key: row for row, key in enumerate(zip(*fit.listing_keys(listings), strict=True))}
    labelled = [pair for pair in pa.csv.read_csv(path).to_pylist() if pair["label"] in ("S", "D")]
    one = np.array([rows[pair["source_a"], pair["source_key_a"]] for pair in labelled])
    two = np.array([rows[pair["source_b"], pair["source_key_b"]] for pair in labelled])
    return np.minimum(one, two), np.maximum(one, two), np.array([pair["weight"] for pair in labelled])


if __name__ == "__main__":
    main()
