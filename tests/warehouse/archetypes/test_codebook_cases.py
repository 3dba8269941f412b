import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.archetypes.labs import one

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['why']} ({case['name']})")
def test_the_codebook_decides_the_fictional_lab(case: dict[str, Any]) -> None:
    listing = {name: value for name, value in case.items() if name not in {"expect", "never", "why"}}
    row = one(**listing)
    assert row["archetype"] == case["expect"], row
    assert row["archetype"] != case.get("never")


def test_every_label_has_cases_in_french_and_in_another_language() -> None:
    french = Counter(case["expect"] for case in CASES if case["country_code"] == "FR")
    others = Counter(case["expect"] for case in CASES if case["country_code"] != "FR")
    assert all(french[label] >= 4 and others[label] >= 1 for label in (*"123456", "unclassified"))
