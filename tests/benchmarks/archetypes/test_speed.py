"""100,000 labs with 600-character descriptions: under 60 s on two cores, memory flat."""

import random
import resource
import time
from itertools import cycle

import pyarrow as pa
import pytest

from tests.warehouse.archetypes.test_codebook_cases import CASES
from warehouse.archetypes.classify import classify

LABS = 100_000
MOST_SECONDS = 60.0
"""Of processor time: one process, so on a machine of its own that is the wall time; beside others wall says nothing."""
MOST_GROWTH_MB_PER_1000 = 6.0
"""The evidence itself: about 2 MB a thousand labs in Arrow, and as much while a batch is built."""


def labs(count: int) -> pa.Table:
    """Return labs whose descriptions are shuffled sentences of the fictional cases, 600 characters each."""
    draw = random.Random(42)  # noqa: S311  # repeatable texts, no secret
    sentences = [part.strip() for case in CASES for part in case["description"].split(". ") if " | " not in part]
    rows = []
    for number, case in zip(range(count), cycle(CASES)):
        text = ""
        while len(text) < 600:
            text += draw.choice(sentences).rstrip(".") + f" {draw.choice(sentences)[:40]} {number}. "
        rows.append(
            {
                "lab_id": f"lab-{number:013d}",
                "source": "fiction",
                "source_key": str(number),
                "name": case["name"],
                "description": text[:600],
                "country_code": case["country_code"],
            }
        )
    return pa.Table.from_pylist(rows)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.bench
def test_a_hundred_thousand_labs_are_classified_in_a_minute() -> None:
    listings = labs(LABS)
    classify(listings.slice(0, 5_000))
    before = peak_mb()
    began, used = time.perf_counter(), time.process_time()
    result = classify(listings)
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    growth = peak_mb() - before
    print(  # noqa: T201  # a measurement is read
        f"{LABS} labs: {wall:.1f} s wall, {cpu:.1f} s cpu, peak +{growth:.0f} MB, result {result.nbytes / 1e6:.0f} MB"
    )
    assert result.num_rows == LABS
    assert cpu < MOST_SECONDS
    assert growth < MOST_GROWTH_MB_PER_1000 * LABS / 1000
