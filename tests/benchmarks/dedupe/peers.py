"""A peer's clusters of generated listings, in a process of its own: python peers.py PEER LISTINGS.parquet OUT.parquet.

Runs in the peers' virtual environment, so it imports nothing of the house. Writes one row a listing and a column of
cluster names for each threshold, `t0`, `t1`, ...: which of them is best is told by the truth, which favours the peer.
"""

import sys
import unicodedata
from pathlib import Path

import pandas as pd

THRESHOLDS = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)


def prepared(path: str) -> pd.DataFrame:
    """Return the listings with the usual normalised columns."""
    frame = pd.read_parquet(path)

    def fold(column: pd.Series) -> pd.Series:
        text = column.fillna("").map(
            lambda value: "".join(
                c for c in unicodedata.normalize("NFKD", value.lower()) if not unicodedata.combining(c)
            )
        )
        text = text.str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()
        return text.where(text != "", None)

    out = pd.DataFrame({"unique_id": range(len(frame)), "source": frame["source"], "source_key": frame["source_key"]})
    for name in ("name", "street", "postcode", "city"):
        out[name] = fold(frame[name])
    out["country"] = frame["country_code"]
    out["lat"], out["lon"] = frame["lat"], frame["lon"]
    host = frame["website"].str.lower().str.extract(r"^(?:https?://)?(?:www\.)?([^/]+)(/[^/?]+)?")
    is_platform = host[0].eq("facebook.com")
    out["domain"] = host[0].where(~is_platform, host[0] + host[1].fillna(""))
    out["email"] = frame["email"].str.lower()
    out["phone"] = frame["phone"].str.replace(r"[^0-9]", "", regex=True).str[-9:]
    out["prefix"] = out["name"].str[:4]
    return out


def splink(path: str) -> pd.DataFrame:
    """Return Splink's clusters: trained on the data itself, components at each threshold."""
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    frame = prepared(path)
    distance = {
        "output_column_name": "distance",
        "comparison_levels": [
            cll.Or(cll.NullLevel("lat"), cll.NullLevel("lon")),
            cll.DistanceInKMLevel("lat", "lon", 0.2),
            cll.DistanceInKMLevel("lat", "lon", 1),
            cll.DistanceInKMLevel("lat", "lon", 5),
            cll.DistanceInKMLevel("lat", "lon", 30),
            cll.ElseLevel(),
        ],
    }
    rules = [
        block_on("domain"), block_on("phone"), block_on("email"), block_on("name", "country"),
        block_on("postcode", "prefix"), block_on("city", "prefix"), block_on("street", "city"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("street", [0.95, 0.85]),
            cl.ExactMatch("postcode"),
            cl.JaroWinklerAtThresholds("city", [0.95]).configure(term_frequency_adjustments=True),
            cl.CustomComparison(**distance),
            cl.ExactMatch("domain").configure(term_frequency_adjustments=True),
            cl.ExactMatch("email"),
            cl.ExactMatch("phone"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    linker = Linker(frame, settings, db_api=DuckDBAPI())
    linker.training.estimate_probability_two_random_records_match([block_on("domain"), block_on("phone")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("domain"), block_on("name", "country"), block_on("street", "city")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    out = frame[["source", "source_key"]].copy()
    for number, threshold in enumerate(THRESHOLDS):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold)
        table = clusters.as_pandas_dataframe().set_index("unique_id")["cluster_id"]
        out[f"t{number}"] = table.reindex(frame["unique_id"]).to_numpy()
    return out


def recordlinkage(path: str) -> pd.DataFrame:
    """Return the clusters of recordlinkage's unsupervised classifier (ECM), components at each threshold."""
    import recordlinkage as rl
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    frame = prepared(path)
    indexer = rl.Index()
    for keys in (["domain"], ["phone"], ["email"], ["name", "country"], ["postcode", "prefix"], ["city", "prefix"]):
        indexer.block(keys)
    pairs = indexer.index(frame)
    compare = rl.Compare()
    compare.string("name", "name", method="jarowinkler", threshold=0.88)
    compare.string("street", "street", method="jarowinkler", threshold=0.88)
    for name in ("postcode", "city", "domain", "email", "phone"):
        compare.exact(name, name)
    features = (compare.compute(pairs, frame) > 0).astype(int)
    classifier = rl.ECMClassifier(binarize=None)
    classifier.fit(features)
    score = classifier.prob(features)
    out = frame[["source", "source_key"]].copy()
    for number, threshold in enumerate(THRESHOLDS):
        kept = score[score >= threshold].index
        left, right = kept.get_level_values(0).to_numpy(), kept.get_level_values(1).to_numpy()
        graph = coo_matrix(([True] * len(left), (left, right)), shape=(len(frame), len(frame)))
        out[f"t{number}"] = connected_components(graph, directed=False)[1]
    return out


def rapidfuzz(path: str) -> pd.DataFrame:
    """Return the ceiling of one string measure: components of token_sort_ratio of names in a city, at each level."""
    from rapidfuzz import fuzz, process
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    frame = prepared(path)
    levels = (60, 70, 80, 85, 90, 95, 100)
    lefts, rights, scores = [], [], []
    for _, block in frame.dropna(subset=["city"]).groupby("city"):
        if len(block) < 2:
            continue
        names, rows = block["name"].fillna("").tolist(), block.index.to_numpy()
        near = process.cdist(names, names, scorer=fuzz.token_sort_ratio, score_cutoff=min(levels), dtype="uint8")
        a, b = near.nonzero()
        kept = a < b
        lefts.append(rows[a[kept]])
        rights.append(rows[b[kept]])
        scores.append(near[a[kept], b[kept]])
    left, right, score = (pd.Series([v for part in parts for v in part]) for parts in (lefts, rights, scores))
    out = frame[["source", "source_key"]].copy()
    for number, level in enumerate(levels):
        kept = score >= level
        graph = coo_matrix(([True] * int(kept.sum()), (left[kept], right[kept])), shape=[len(frame)] * 2)
        out[f"t{number}"] = connected_components(graph, directed=False)[1]
    return out


if __name__ == "__main__":
    peer, source, target = sys.argv[1:]
    {"splink": splink, "recordlinkage": recordlinkage, "rapidfuzz": rapidfuzz}[peer](source).to_parquet(Path(target))
